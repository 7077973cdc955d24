//! What a program that is built as usual must not have in it.

#[test]
fn nobody_can_have_it_die_at_a_point() {
    let program = std::fs::read(env!("CARGO_BIN_EXE_readdress-cli")).expect("the program");
    let holds = |text: &[u8]| program.windows(text.len()).any(|bytes| bytes == text);
    assert!(holds(b"READDRESS_KEY_FILE"), "names of variables are found");
    assert!(!holds(b"READDRESS_KILL_AT"));
}

//! Codes in texts: the one that is announced is found among other numbers, and none is made up.

use proptest::prelude::*;
use readdress_core::mail::{Looks, Waits, understand};
use readdress_core::view::Found;

fn digits() -> Waits {
    Waits {
        looks: Looks::new(r"\d{6}").ok(),
        ..Waits::default()
    }
}

/// Lines of ordinary mails that hold numbers.
fn noise() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{2,9}( [a-z]{2,9}){0,7}[.!?]",
        "Order #[0-9]{4,9} of 20[0-3][0-9]",
        "[0-9]{1,3}[.,][0-9]{2} (USD|EUR|BRL)",
        "It is valid for [0-9]{1,2} (minutes|hours|days)",
        "Phone: \\+[0-9]{2} [0-9]{2} 9[0-9]{4}-[0-9]{4}",
        "20[0-3][0-9]-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]",
        "https://[a-z]{3,8}\\.example/[0-9]{6}\\?t=[0-9]{6}",
        "[0-9]{2}% off until 31/12",
        "© 20[0-3][0-9] [A-Z][a-z]{3,8} Ltd",
        "",
    ]
}

fn announced() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("Your verification code is {}"),
        Just("Seu código de verificação: {}"),
        Just("Tu código de verificación es {}."),
        Just("{} is your verification code"),
        Just("Verification code: *{}*"),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_announced_code_is_found_among_other_numbers(
        code in "[0-9]{6}",
        line in announced(),
        before in proptest::collection::vec(noise(), 0..8),
        after in proptest::collection::vec(noise(), 0..8),
    ) {
        let planted = line.replace("{}", &code);
        let text = [before, vec![planted], after].concat().join("\n");
        let understood = understand(&text, &digits());
        prop_assert_eq!(understood.value.as_deref(), Some(code.as_str()), "{}\n{:?}", text, understood);
    }

    #[test]
    fn what_is_found_stands_in_the_text(lines in proptest::collection::vec(prop_oneof![
        noise(),
        announced().prop_map(str::to_owned),
        "[0-9A-Z-]{1,12}( [0-9]{1,4}){0,4}",
        "[a-zA-Z0-9 .,:;!?#*'()-]{0,40}",
    ], 1..6)) {
        let text = lines.join("\n");
        let bare = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        for waits in [digits(), Waits::default()] {
            let understood = understand(&text, &waits);
            for value in understood.value.iter().chain(&understood.choices) {
                prop_assert!(bare(&text).contains(&bare(value)), "{value:?} is not in {text:?}");
            }
            prop_assert_eq!(understood.value.is_some(), understood.problem.is_none());
        }
    }

    #[test]
    fn a_bare_code_is_itself(code in "[0-9]{6}", around in "[ \\t\\n\\u{200b}\\u{feff}]{0,4}") {
        let understood = understand(&format!("{around}{code}{around}"), &digits());
        prop_assert_eq!((understood.value, understood.found, understood.unusual), (Some(code), Found::Typed, false));
    }
}

/// Found by `cargo xtask fuzz mail`: parts that end before they begin, over which the mail parser's own assertions fell.
#[test]
fn a_mail_with_its_parts_out_of_order_is_read() {
    let bytes = include_bytes!("../fixtures/hostile/mail-parts-out-of-order.eml");
    let understood = understand(&String::from_utf8_lossy(bytes), &digits());
    assert_eq!(understood.value.is_some(), understood.problem.is_none());
}

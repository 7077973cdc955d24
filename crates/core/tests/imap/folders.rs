//! The inbox and the folders for unwanted mail, as servers name them.

use crate::server::*;

async fn found(capabilities: &str, steps: Vec<Step>) -> Vec<(String, bool)> {
    let mut script = logged_in(capabilities);
    script.extend(steps);
    let server = Server::new(script).await;
    let mut session = server.session().await;
    let folders = session.folders().await.expect("folders");
    session.close().await;
    server.played().await;
    folders
        .into_iter()
        .map(|folder| (folder.name, folder.junk))
        .collect()
}

fn with_junk(junk: &str) -> Vec<(String, bool)> {
    vec![("INBOX".to_owned(), false), (junk.to_owned(), true)]
}

#[tokio::test]
async fn by_what_the_server_says() {
    let list = say(concat!(
        "* LIST (\\HasNoChildren) \"/\" Spam\r\n",
        "* LIST (\\HasNoChildren \\Junk) \"/\" {4}\r\nEins\r\n",
        "* LIST (\\HasNoChildren) \"/\" INBOX\r\n{tag} OK done"
    ));
    let folders = found("SPECIAL-USE", vec![hear("LIST \"\" \"*\""), list]).await;
    assert_eq!(folders, with_junk("Eins"));
}

#[tokio::test]
async fn by_what_the_server_says_when_it_is_asked() {
    let folders = found(
        "SPECIAL-USE",
        vec![
            hear("LIST \"\" \"*\""),
            say("* LIST () \".\" Spam\r\n* LIST () \".\" Quarantine\r\n{tag} OK done"),
            hear("LIST (SPECIAL-USE) \"\" \"*\""),
            say("* LIST (\\Junk) \".\" Quarantine\r\n{tag} OK done"),
        ],
    )
    .await;
    assert_eq!(folders, with_junk("Quarantine"));
}

#[tokio::test]
async fn by_its_name_where_nothing_is_said() {
    let folders = found(
        "SPECIAL-USE",
        vec![
            hear("LIST \"\" \"*\""),
            say("* LIST () \".\" \"INBOX.Lixo Eletr&APQ-nico\"\r\n{tag} OK done"),
            hear("LIST (SPECIAL-USE) \"\" \"*\""),
            say("{tag} BAD what?"),
        ],
    )
    .await;
    assert_eq!(folders, with_junk("INBOX.Lixo Eletr&APQ-nico"));
}

#[tokio::test]
async fn an_inbox_there_is_always() {
    for answer in [
        "{tag} OK nothing",
        "{tag} NO not for you",
        "* LIST (\\Junk\r\n* LIST\r\n{tag} OK",
    ] {
        let folders = found("", vec![hear("LIST \"\" \"*\""), say(answer)]).await;
        assert_eq!(folders, [("INBOX".to_owned(), false)]);
    }
}

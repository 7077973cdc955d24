//! Statuses: what each proves, and where a service's own documentation says more.

use readdress_core::error::Code;
use readdress_sandbox::Service::{self, ManncoStore, Webshare, ZApi};

use crate::play::play;
use crate::room::{Room, patient};
use crate::row::{ALL, But, Means, Row, Step, alter, wire};
use crate::script::{JSON, answer, page, send};

const DOWN: Means = Means::Untold(Code::ServiceUnavailable);
const NO: Means = Means::Refused(Code::RequestRefused);
const LATER: Means = Means::TurnedAway(Code::ServiceUnavailable, "not_taken");
const EVERYWHERE: [Service; 3] = [ZApi, Webshare, ManncoStore];

fn empty(what: &'static str, status: u16, means: Means) -> Row {
    wire(what, send(answer(status, "", "")), means).at(&ALL)
}

/// 401 and 403 as each manifest knows them; Mannco.store's way through a new login is in `login`.
const KEY: But = |step, service| match (step, service) {
    (Step::Login, _) | (_, ZApi) => Some(Means::Refused(Code::CredentialsRefused)),
    _ => None,
};
const NO_KEYS: [Step; 5] = [
    Step::Read,
    Step::Request,
    Step::Verify,
    Step::Resend,
    Step::Cancel,
];
const GONE: But = |_, service| match service {
    ZApi | Webshare => None,
    ManncoStore => Some(Means::Refused(Code::NotSupported)),
};

fn rows() -> Vec<Row> {
    let two = [ZApi, Webshare];
    vec![
        alter(
            "202 and the true body",
            |it| send(answer(202, JSON, &it.body)),
            Means::Harmless,
        ),
        empty("400", 400, NO),
        empty("401", 401, Means::Refused(Code::CredentialsRefused))
            .at(&NO_KEYS)
            .of(&two),
        empty(
            "401 to the login",
            401,
            Means::Refused(Code::CredentialsRefused),
        )
        .at(&[Step::Login]),
        empty("402", 402, NO),
        empty("403", 403, NO).at(&NO_KEYS).of(&two).but(KEY),
        empty("403 to the login", 403, NO)
            .at(&[Step::Login])
            .but(KEY),
        empty("404", 404, NO).of(&EVERYWHERE).but(GONE),
        wire("404, a page", send(page(404)), NO)
            .of(&EVERYWHERE)
            .but(GONE),
        empty("405", 405, NO),
        empty("407 from the service", 407, NO),
        empty("408", 408, DOWN).of(&EVERYWHERE),
        empty("409", 409, NO),
        empty("410", 410, NO),
        empty("413", 413, NO),
        empty("421", 421, LATER).of(&EVERYWHERE),
        empty("422", 422, NO),
        empty("425", 425, LATER).of(&EVERYWHERE),
        empty("451", 451, NO),
        empty("499", 499, NO),
        empty("500", 500, DOWN).of(&EVERYWHERE),
        empty("501", 501, DOWN),
        wire("502, a page", send(page(502)), DOWN).of(&EVERYWHERE),
        wire("503, a page", send(page(503)), DOWN),
        empty("504", 504, DOWN),
        wire(
            "500 that says yes",
            send(answer(
                500,
                JSON,
                br#"{"success":true,"message":"VERIFY_EMAIL"}"#,
            )),
            DOWN,
        ),
        wire("520, a page", send(page(520)), DOWN),
        wire("530, a page", send(page(530)), DOWN),
        empty("599", 599, DOWN),
        wire("500, closing read", send(page(500)), DOWN).at(&[Step::ReadBack]),
        wire("403, closing read", send(page(403)), NO)
            .at(&[Step::ReadBack])
            .of(&[Webshare]),
        empty("425, closing read", 425, LATER).at(&[Step::ReadBack]),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statuses() {
    play("statuses", &Room::new(patient()).await, rows()).await;
}

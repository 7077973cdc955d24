//! Too soon, or down for a while: `Retry-After` in every form.

use readdress_core::error::Code;
use readdress_sandbox::Service::{ManncoStore, Webshare, ZApi};

use crate::play::play;
use crate::room::{Room, patient};
use crate::row::{ALL, Means, Row, Step, wire};
use crate::script::{answer, page, send};

const DAY: Option<i64> = Some(86_400);

fn limited(what: &'static str, headers: &str, seconds: Option<i64>) -> Row {
    wire(
        what,
        send(answer(429, headers, "")),
        Means::Limited(seconds),
    )
    .at(&ALL)
}

fn rows() -> Vec<Row> {
    vec![
        limited("429", "", None).of(&[ZApi, Webshare, ManncoStore]),
        wire("429, a page", send(page(429)), Means::Limited(None)).at(&ALL),
        limited("after 0 s", "retry-after: 0\r\n", Some(0)).at(&[Step::Request, Step::Resend]),
        limited("after 120 s", "retry-after: 120\r\n", Some(120)).of(&[
            ZApi,
            Webshare,
            ManncoStore,
        ]),
        limited(
            "at a time, by its own clock",
            "date: Fri, 20 Nov 2020 08:00:00 GMT\r\nretry-after: Fri, 20 Nov 2020 08:01:30 GMT\r\n",
            Some(90),
        ),
        limited(
            "at a time that is past",
            "retry-after: Fri, 20 Nov 2020 08:00:00 GMT\r\n",
            None,
        ),
        limited(
            "after 10^30 s",
            "retry-after: 1000000000000000000000000000000\r\n",
            DAY,
        ),
        limited(
            "in the year 9999",
            "retry-after: Fri, 31 Dec 9999 23:59:59 GMT\r\n",
            DAY,
        ),
        limited("after -5 s", "retry-after: -5\r\n", None),
        limited("after 1.5 s", "retry-after: 1.5\r\n", None),
        limited("after \"soon\"", "retry-after: soon\r\n", None),
        limited("after nothing", "retry-after:\r\n", None),
        limited(
            "after bytes that are no text",
            "retry-after: \u{fffd}\r\n",
            None,
        ),
        limited(
            "two headers",
            "retry-after: 7\r\nretry-after: 120\r\n",
            Some(120),
        ),
        limited(
            "two headers, one of sense",
            "retry-after: soon\r\nretry-after: 120\r\n",
            Some(120),
        ),
        wire(
            "503 for 120 s",
            send(answer(503, "retry-after: 120\r\n", "")),
            Means::Down(Code::ServiceUnavailable, 120),
        )
        .at(&ALL)
        .of(&[ZApi, Webshare, ManncoStore]),
        wire(
            "500 for 120 s",
            send(answer(500, "retry-after: 120\r\n", "")),
            Means::Down(Code::ServiceUnavailable, 120),
        )
        .at(&ALL),
        // Only reads are tried again, and not sooner than asked.
        wire(
            "503 for 2 s, read",
            send(answer(503, "retry-after: 2\r\n", "")),
            Means::Down(Code::ServiceUnavailable, 2),
        )
        .at(&[Step::Read])
        .within(3_900, 40_000),
        limited("429 for 2 s, read", "retry-after: 2\r\n", Some(2))
            .at(&[Step::Read])
            .within(3_900, 40_000),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_that_ask_to_wait() {
    play("waits", &Room::new(patient()).await, rows()).await;
}

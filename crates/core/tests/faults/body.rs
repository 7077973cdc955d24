//! Bodies that are not what they should be, or not what they say they are.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use readdress_core::error::Code;
use readdress_sandbox::Service::{ManncoStore, Webshare, ZApi};

use crate::play::play;
use crate::room::{Room, patient};
use crate::row::{ALL, Means, Row, Step, alter, wire};
use crate::script::{HTML, JSON, Move, Truth, answer, page, send, send_then};

const ODD: Means = Means::Untold(Code::UnexpectedAnswer);
const GZIP: &str = "content-encoding: gzip\r\n";
const BROTLI: &str = "content-encoding: br\r\n";
/// A cancel call says yes with any 2xx here.
const WITH_A_BODY: [Step; 5] = [
    Step::Login,
    Step::Read,
    Step::Request,
    Step::Verify,
    Step::Resend,
];
const OTHER_BODY: [Step; 4] = [Step::Login, Step::Read, Step::Request, Step::Verify];

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).expect("memory");
    packed.finish().expect("memory")
}

/// 64 MiB of spaces in 106 bytes of brotli (RFC 7932), packed with another program.
pub fn brotli_bomb() -> Vec<u8> {
    let hex = "cbffff3ff82540e2b14020f7fe8fffff7ff04b00c4611180eefd1fffffffe0970088c30200ddfb3ffeffffc12f0110870500baf77ffcffff835f02200e0b0074effff8ffff07bf04401c1600e8defff1ffff0f7e0980382c00d0bdffcbffff3ffc1200715800a07bff07";
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
    (0..hex.len()).step_by(2).map(byte).collect()
}

/// The true members with `more` before or after them.
fn members(truth: &Truth, before: &str, after: &str) -> Vec<u8> {
    let inner = &truth.body[1..truth.body.len() - 1];
    [b"{", before.as_bytes(), inner, after.as_bytes(), b"}"].concat()
}

fn texts() -> Vec<Row> {
    let ok = |body: &[u8]| send(answer(200, JSON, body));
    vec![
        alter(
            "no content type",
            |it| send(it.with("", &it.body)),
            Means::Harmless,
        ),
        alter(
            "content type of a page",
            |it| send(it.with(HTML, &it.body)),
            Means::Harmless,
        ),
        alter(
            "a charset that is not so",
            |it| {
                send(it.with(
                    "content-type: application/json; charset=utf-16\r\n",
                    &it.body,
                ))
            },
            Means::Harmless,
        ),
        alter(
            "byte order mark",
            |it| send(it.with(JSON, &[b"\xef\xbb\xbf", &it.body[..]].concat())),
            Means::Harmless,
        ),
        alter(
            "the same member twice",
            |it| send(it.with(JSON, &members(it, "\"x\":1,\"x\":1,", ""))),
            Means::Harmless,
        ),
        alter(
            "yes and no at once",
            |it| send(it.with(JSON, &members(it, "\"success\":false,", ""))),
            ODD,
        ),
        alter(
            "no after yes",
            |it| send(it.with(JSON, &members(it, "", ",\"success\":false"))),
            ODD,
        ),
        alter(
            "invalid UTF-8",
            |it| {
                let mut body = members(it, "\"note\":\"?\",", "");
                body[9] = 0xff;
                send(it.with(JSON, &body))
            },
            ODD,
        ),
        alter(
            "UTF-16",
            |it| {
                let text = String::from_utf8_lossy(&it.body).into_owned();
                send(
                    it.with(
                        JSON,
                        &text
                            .encode_utf16()
                            .flat_map(u16::to_le_bytes)
                            .collect::<Vec<_>>(),
                    ),
                )
            },
            ODD,
        ),
        alter(
            "truncated JSON",
            |it| send(it.with(JSON, &it.body[..it.body.len() - 1])),
            ODD,
        ),
        alter(
            "two documents",
            |it| send(it.with(JSON, &[&it.body[..], &it.body].concat())),
            ODD,
        ),
        alter(
            "100,000 deep",
            |it| {
                let deep = format!(",\"x\":{}{}", "[".repeat(100_000), "]".repeat(100_000));
                send(it.with(JSON, &members(it, "", &deep)))
            },
            ODD,
        ),
        wire("invalid JSON", ok(b"{success:true}"), ODD).at(&WITH_A_BODY),
        wire("an empty body", ok(b""), ODD).at(&WITH_A_BODY),
        wire("null", ok(b"null"), ODD)
            .at(&OTHER_BODY)
            .of(&[ZApi, ManncoStore]),
        wire("a bare true", ok(b"true"), ODD)
            .at(&OTHER_BODY)
            .of(&[ZApi, ManncoStore]),
        wire("a text that says yes", ok(br#""success""#), ODD)
            .at(&OTHER_BODY)
            .of(&[ZApi, ManncoStore]),
        wire("yes as a text", ok(br#"{"success":"true"}"#), ODD)
            .at(&OTHER_BODY)
            .of(&[ZApi, ManncoStore]),
        wire("a page with 200", send(page(200)), ODD)
            .at(&WITH_A_BODY)
            .of(&[ZApi, Webshare, ManncoStore]),
        // Webshare's own success has no body; the others' success says so.
        wire("204 instead of a body", send(answer(204, "", "")), ODD)
            .at(&OTHER_BODY)
            .of(&[ZApi, ManncoStore]),
    ]
}

fn sizes() -> Vec<Row> {
    let piece = [b"1000\r\n".to_vec(), vec![b' '; 0x1000], b"\r\n".to_vec()].concat();
    let endless =
        |head: &str, piece: Vec<u8>| vec![Move::Send(head.into()), Move::Forever(piece, 0)];
    vec![
        wire("endless, without a length", endless("HTTP/1.1 200 OK\r\n\r\n{\"x\":\"", vec![b'x'; 4096]), ODD).at(&ALL),
        wire("endless, in chunks", endless("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", piece), ODD).at(&ALL),
        wire("a gzip bomb", send(answer(200, GZIP, gzip(&vec![b' '; 4 << 20]))), ODD).at(&ALL),
        wire("a brotli bomb", send(answer(200, BROTLI, brotli_bomb())), ODD).at(&ALL),
        wire("no gzip, though it says so", send(answer(200, GZIP, "{}")), ODD).at(&ALL),
        wire("an encoding that was not asked for", send(answer(200, "content-encoding: zstd\r\n", "{}")), ODD).at(&ALL),
        alter("gzip", |it| send(it.with(GZIP, &gzip(&it.body))), Means::Harmless),
        alter("truncated gzip", |it| {
            let packed = gzip(&it.body);
            send(it.with(GZIP, &packed[..packed.len() - 9]))
        }, ODD),
        alter("a length that is too short", |it| send(lengths(it, &[it.body.len() - 2])), ODD),
        alter("a length that is too long", |it| send(lengths(it, &[it.body.len() + 2])), ODD),
        alter("two lengths", |it| send(lengths(it, &[it.body.len(), 2])), ODD),
        wire("a negative length", send("HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}"), ODD).at(&ALL),
        wire("a length beyond all numbers", send("HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999999\r\n\r\n{}"), ODD).at(&ALL),
        wire("a length of 4 exabytes", send("HTTP/1.1 200 OK\r\ncontent-length: 4611686018427387904\r\n\r\n{}"), ODD).at(&ALL),
        alter("without a length", |it| send([b"HTTP/1.1 200 OK\r\n\r\n", &it.body[..]].concat()), Means::Harmless),
        alter("HTTP/1.0", |it| send([b"HTTP/1.0 200 OK\r\n\r\n", &it.body[..]].concat()), Means::Harmless),
        alter("chunks", |it| send(chunks(&[&it.body], "0\r\n\r\n")), Means::Harmless),
        alter("chunks and trailers", |it| send(chunks(&[&it.body], "0\r\nx-sum: 1\r\n\r\n")), Means::Harmless),
        alter("chunks without an end", |it| send(chunks(&[&it.body], "")), ODD),
        alter("a chunk that is cut", |it| send_then(chunks(&[], "fff\r\n{\"success\":true}"), if it.status > 0 { Move::Reset } else { Move::Drop }), ODD),
        wire("a chunk of no size", send(chunks(&[], "zz\r\n{}\r\n0\r\n\r\n")), ODD).at(&ALL),
        wire("a chunk beyond all numbers", send(chunks(&[], "fffffffffffffffff\r\n{}\r\n")), ODD).at(&ALL),
        wire("204 with a body", send("HTTP/1.1 204 No Content\r\ncontent-length: 17\r\nconnection: close\r\n\r\n{\"success\":false}"), Means::Harmless)
            .at(&[Step::Request, Step::Verify]).of(&[Webshare]),
    ]
}

/// The true body under these lengths.
fn lengths(truth: &Truth, lengths: &[usize]) -> Vec<u8> {
    let lines: String = lengths
        .iter()
        .map(|length| format!("content-length: {length}\r\n"))
        .collect();
    [
        b"HTTP/1.1 200 OK\r\n",
        lines.as_bytes(),
        b"\r\n",
        &truth.body,
    ]
    .concat()
}

fn chunks(parts: &[&[u8]], end: &str) -> Vec<u8> {
    let mut bytes =
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n".to_vec();
    for part in parts {
        bytes.extend(format!("{:x}\r\n", part.len()).bytes());
        bytes.extend(*part);
        bytes.extend(b"\r\n");
    }
    bytes.extend(end.bytes());
    bytes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_that_say_nothing_clear() {
    play("texts", &Room::new(patient()).await, texts()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_of_a_wrong_size() {
    play("sizes", &Room::new(patient()).await, sizes()).await;
}

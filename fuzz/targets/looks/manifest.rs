//! Any text as a manifest: read, and where it is one, every step of it filled, sent through each writer and judged.
//!
//! Not here: whether what the shipped manifests say is right (`crates/core/tests/manifest_*`).

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use readdress_core::http::Answer;
use readdress_core::mail::understand;
use readdress_core::manifest::{Inputs, Manifest, VALUES, judge, needs, preview, render};
use readdress_core::secret::Secret;
use url::Url;

/// A value with everything that quotes, ends or separates things somewhere, and no control character.
const NASTY: &str = "a/..?#&=%2F+\"'\\<{}>;:@,é🙂";

/// Panics where something does not hold.
pub fn look(source: &str) {
    match Manifest::parse(source, "own.toml") {
        Ok(manifest) => use_it(&manifest),
        Err(faults) => {
            assert!(!faults.is_empty(), "refused without a reason");
            for fault in &faults {
                assert!(fault.line >= 1 && fault.column >= 1);
                assert!(!fault.one_line().is_empty());
            }
            assert!(!faults[0].render().is_empty());
        }
    }
}

fn use_it(manifest: &Manifest) {
    let view = manifest.view(true, 1);
    serde_json::to_string(&view).expect("a view is JSON");
    let nobody = BTreeMap::new();
    for step in manifest.steps.keys() {
        for value in ["value", NASTY] {
            let filled = Filled::with(manifest, step, value);
            let inputs = filled.inputs();
            let _ = preview(manifest, step, &inputs).map(|sketch| sketch.masked());
            if let Ok(call) = render(manifest, step, &inputs) {
                stays_in_its_place(&call.request(), call.origin());
                let _ = (call.curl(), call.masked(), call.secret_names());
            }
        }
        let _ = preview(
            manifest,
            step,
            &Inputs {
                base_url: None,
                fields: &nobody,
                secrets: &BTreeMap::new(),
                values: &BTreeMap::new(),
            },
        );
        for (status, body) in [
            (200, "{\"success\":true,\"message\":\"x\"}"),
            (404, "<html>"),
            (429, ""),
        ] {
            judge(manifest, step, &answer(status, body));
        }
        if let Some(waits) = manifest.step(step).and_then(|step| step.waits_for.as_ref()) {
            let waits = waits.for_address(Some("new@example.org".to_owned()));
            understand(
                "Your code is 123456 https://a.example.org/x/abc123/y?code=abc#z",
                &waits,
            );
        }
    }
}

/// Whatever was filled in: one request, to the origin that the profile is bound to, and its body is what it says.
fn stays_in_its_place(request: &readdress_core::http::Request, origin: &str) {
    let url = Url::parse(request.url.expose()).expect("a rendered URL is one");
    assert_eq!(
        url.origin(),
        Url::parse(origin).expect("an origin is a URL").origin(),
        "another origin would get the secrets"
    );
    assert!(url.fragment().is_none(), "a fragment is not sent");
    for (name, value) in &request.headers {
        assert!(!name.contains(['\r', '\n', ':']), "{name:?}");
        assert!(
            !value.expose().contains(['\r', '\n']),
            "a header of two lines"
        );
    }
    if let Some((kind, body)) = &request.body
        && kind == "application/json"
    {
        serde_json::from_str::<serde_json::Value>(body.expose()).expect("a JSON body is JSON");
    }
}

/// One value for everything that a step uses.
struct Filled {
    fields: BTreeMap<String, String>,
    secrets: BTreeMap<String, Secret>,
    values: BTreeMap<String, Secret>,
}

impl Filled {
    fn with(manifest: &Manifest, step: &str, value: &str) -> Self {
        let needs = needs(manifest, step);
        let secret = |name: &String| (name.clone(), Secret::new(value));
        Self {
            fields: needs
                .fields
                .iter()
                .map(|name| (name.clone(), value.to_owned()))
                .collect(),
            secrets: needs
                .secrets
                .iter()
                .chain(&needs.optional_secrets)
                .map(secret)
                .collect(),
            values: VALUES
                .iter()
                .map(|name| ((*name).to_owned(), Secret::new(value)))
                .collect(),
        }
    }

    fn inputs(&self) -> Inputs<'_> {
        Inputs {
            base_url: None,
            fields: &self.fields,
            secrets: &self.secrets,
            values: &self.values,
        }
    }
}

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status,
        headers: vec![("retry-after".to_owned(), "5".to_owned())],
        body: body.as_bytes().to_vec(),
        took: Duration::ZERO,
        at: Timestamp::UNIX_EPOCH,
    }
}

//! Tokens: the JWT that a login gives, how long it lives, and who it belongs to.
//!
//! Claims as documented (iss "API", sub, exp, ip, country, API:true). The signature is random: the sandbox
//! knows its own tokens by heart.

use crate::clock::later;
use crate::codes::letters;
use crate::world::World;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;

/// About 31 days.
const LIFE: Duration = Duration::from_secs(31 * 24 * 60 * 60);

/// The tokens that are worth something: per account, and whose each is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Sessions {
    by_account: HashMap<String, Vec<(String, Timestamp)>>,
    owners: HashMap<String, String>,
}

impl Sessions {
    /// A new token for an account.
    pub(super) fn open(&mut self, account: &str, steam_id: &str, now: Timestamp) -> String {
        let ends = later(now, LIFE);
        let claims = json!({
            "iss": "API", "sub": steam_id, "exp": ends.as_second(), "ip": "127.0.0.1",
            "country": "BR", "API": true,
        });
        let coded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let head = coded(&json!({ "typ": "JWT", "alg": "HS256" }));
        let token = format!("{head}.{}.{}", coded(&claims), letters(43));
        self.owners.insert(token.clone(), account.to_owned());
        let held = self.by_account.entry(account.to_owned()).or_default();
        held.push((token.clone(), ends));
        token
    }

    /// Whose token it is, while it lives.
    pub(super) fn account(&self, token: &str, now: Timestamp) -> Option<&str> {
        let account = self.owners.get(token)?;
        let held = self.by_account.get(account)?;
        let lives = held.iter().any(|(own, ends)| own == token && now < *ends);
        lives.then_some(account.as_str())
    }

    /// Ends the tokens of one account, except `kept`.
    pub(super) fn end(&mut self, account: &str, kept: Option<&str>) {
        let Some(held) = self.by_account.get_mut(account) else {
            return;
        };
        held.retain(|(token, _)| {
            let stays = kept == Some(token.as_str());
            if !stays {
                self.owners.remove(token);
            }
            stays
        });
    }
}

/// Ends every token given so far, of one account or of all: the next call with one is refused.
pub(crate) fn refuse_tokens(world: &mut World, account: Option<&str>) {
    let ids: Vec<String> = world
        .mannco_store
        .iter()
        .map(|a| a.api_key.clone())
        .collect();
    for id in ids
        .iter()
        .filter(|id| account.is_none_or(|wanted| wanted == *id))
    {
        world.sessions.end(id, None);
        let ended = world
            .edit_mannco_store(id, |account| std::mem::take(&mut account.session_tokens))
            .unwrap_or_default();
        world.ended_tokens.extend(ended);
    }
}

/// Whether a token says that it came from this login (then it is ours, or worth nothing).
pub(super) fn is_api_token(token: &str) -> bool {
    let claims = token
        .split('.')
        .nth(1)
        .and_then(|part| URL_SAFE_NO_PAD.decode(part).ok())
        .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    claims.is_some_and(|claims| claims["iss"] == "API")
}

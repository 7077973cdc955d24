//! The practice accounts that exist from the start, so that practising needs no typing.

use crate::Service;
use crate::mannco_store::ManncoAccount;
use crate::webshare::WebshareAccount;
use crate::world::World;
use crate::z_api::ZApiAccount;
use serde::Serialize;
use std::collections::BTreeMap;

const BEFORE: &str = "before@practice.example";
const AFTER: &str = "after@practice.example";
const INSTANCE: &str = "3C0FFEE0000000000000000000000001";
const INSTANCE_TOKEN: &str = "PRACTICE000000000000000000000001";
const CLIENT_TOKEN: &str = "practice-client-token";
const WEBSHARE_KEY: &str = "practice00000000000000000000000000000001";
const PASSWORD: &str = "practice-password";
const MANNCO_KEY: &str = "practice-api-key";

/// What a profile needs to practise at one service. None of it is a secret of anybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PracticeAccount {
    /// The service's id: `z-api`, `webshare`, `mannco-store`.
    pub service: &'static str,
    pub label: &'static str,
    /// Plain fields by id.
    pub fields: BTreeMap<&'static str, &'static str>,
    /// Secret fields by id.
    pub secrets: BTreeMap<&'static str, &'static str>,
    /// The address that the account has at the start.
    pub email: &'static str,
    /// An address to change to.
    pub new_email: &'static str,
}

/// One account for each service.
pub fn practice_accounts() -> Vec<PracticeAccount> {
    let account = |service: Service, label, fields: &[_], secrets: &[_]| PracticeAccount {
        service: service.id(),
        label,
        fields: fields.iter().copied().collect(),
        secrets: secrets.iter().copied().collect(),
        email: BEFORE,
        new_email: AFTER,
    };
    vec![
        account(
            Service::ZApi,
            "Practice Z-API",
            &[("instance_id", INSTANCE)],
            &[("token", INSTANCE_TOKEN), ("client_token", CLIENT_TOKEN)],
        ),
        account(
            Service::Webshare,
            "Practice Webshare",
            &[],
            &[("api_key", WEBSHARE_KEY), ("password", PASSWORD)],
        ),
        account(
            Service::ManncoStore,
            "Practice Mannco.store",
            &[],
            &[("api_key", MANNCO_KEY)],
        ),
    ]
}

/// Puts the practice accounts into a fresh world.
pub(crate) fn furnish(world: &mut World) {
    world.z_api.put(ZApiAccount {
        instance_id: INSTANCE.to_owned(),
        token: INSTANCE_TOKEN.to_owned(),
        client_token: Some(CLIENT_TOKEN.to_owned()),
        email: Some(BEFORE.to_owned()),
        verified: true,
        ..ZApiAccount::default()
    });
    world.put_webshare(WebshareAccount {
        api_key: WEBSHARE_KEY.to_owned(),
        password: Some(PASSWORD.to_owned()),
        email: BEFORE.to_owned(),
        ..WebshareAccount::default()
    });
    world.put_mannco_store(ManncoAccount {
        api_key: MANNCO_KEY.to_owned(),
        email: BEFORE.to_owned(),
        ..ManncoAccount::default()
    });
}

/// The address of an account that was opened on first sight: always the same one for the same credential,
/// and another one for another, since an address belongs to one account only.
pub(crate) fn opening_address(credential: &str) -> String {
    // FNV-1a: stable between runs, unlike the standard library's hasher.
    let hash = credential
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("before.{:08x}@practice.example", hash >> 32)
}

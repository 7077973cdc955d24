//! Takes keys out of the keychain that no vault uses.
//!
//! A key is on a list before it is stored (`vault_leftovers`), and on another one (`db::Db::vault_doomed`) from when it is no
//! longer anybody's until the keychain has let go of it. So a crash at any point leaves it on a list, and what is on the
//! second list can never become a vault's key: it may be deleted at any time.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::Vault;

/// A key on the first list that is older than this belongs to a program that ended in between: a keychain is asked no longer
/// than 10 s, twice.
const ABANDONED: SignedDuration = SignedDuration::from_mins(2);

impl Vault {
    /// After a change of keys, that worked or not. What fails is tried again the next time.
    pub(super) async fn sweep(&self) {
        for id in self.inner.db.vault_leftovers().unwrap_or_default() {
            let _ = self.inner.db.doom_vault_leftover(id).await;
        }
        self.delete_doomed().await;
    }

    /// After an opening: what a program that ended in between has left. Nobody waits for it.
    pub(super) fn sweep_later(&self) {
        let now = Timestamp::now();
        let listed = self.inner.db.vault_leftovers().unwrap_or_default();
        let abandoned: Vec<_> = listed
            .into_iter()
            .filter(|id| is_abandoned(*id, now))
            .collect();
        let doomed = self.inner.db.vault_doomed().unwrap_or_default();
        if abandoned.is_empty() && doomed.is_empty() {
            return;
        }
        let vault = self.clone();
        tokio::spawn(async move {
            for id in abandoned {
                let _ = vault.inner.db.doom_vault_leftover(id).await;
            }
            vault.delete_doomed().await;
        });
    }

    async fn delete_doomed(&self) {
        for id in self.inner.db.vault_doomed().unwrap_or_default() {
            (self.inner.at)("vault: old key not deleted");
            let user = id.to_string();
            if self
                .keychain(move |keychain| keychain.delete(&user))
                .await
                .is_err()
            {
                // One that does not answer is not asked for each.
                break;
            }
            (self.inner.at)("vault: old key deleted");
            let _ = self.inner.db.forget_vault_doomed(id).await;
        }
    }
}

/// By the time in its id. A clock that was set back makes a key look young: then the next change of keys takes it.
fn is_abandoned(id: Uuid, now: Timestamp) -> bool {
    let made = id.get_timestamp().and_then(|made| {
        let (seconds, nanos) = made.to_unix();
        Timestamp::new(seconds.try_into().ok()?, nanos.try_into().ok()?).ok()
    });
    made.is_some_and(|made| now.duration_since(made) > ABANDONED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_abandoned_after_two_minutes() {
        let id = Uuid::now_v7();
        let now = Timestamp::now();
        assert!(!is_abandoned(id, now));
        assert!(!is_abandoned(id, now + SignedDuration::from_secs(100)));
        assert!(is_abandoned(id, now + SignedDuration::from_secs(130)));
        assert!(
            !is_abandoned(id, now - SignedDuration::from_hours(1)),
            "the clock was set back"
        );
        assert!(!is_abandoned(Uuid::nil(), now), "none of ours");
    }
}

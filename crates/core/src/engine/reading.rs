//! Reading: which address a service holds, and what that teaches about the profile.

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

use super::Engine;
use super::context::Context;
use crate::change::machine::{Facts, Input, Reading, Why};
use crate::change::{Change, State};
use crate::db::{Guard, Job, ProfileWrite, Seen};
use crate::email;
use crate::error::{Code, Result};
use crate::profile::Known;
use crate::view::ReadView;

/// How often a change that keeps moving is looked at.
const LOOKS: u32 = 5;

impl Engine {
    /// Asks the service which address it holds. An open or unknown change that this proves is settled.
    ///
    /// # Errors
    /// What the service or the wire said (also kept with the profile), the vault's; `busy` where the profile names another
    /// account by now.
    pub async fn read_profile(&self, id: Uuid) -> Result<ReadView> {
        self.mind_clock()?;
        let profile = self.0.db.profile(id)?;
        let context = self.context(profile, &BTreeMap::new()).await?;
        let open = self.0.db.open_change_of(id)?;
        let began = open
            .as_ref()
            .map(|open| (open.change.id, open.change.version));
        // The service knows its codes, and may repeat one in any answer.
        if let Some(open) = open
            && let Ok(change) = self.open_values(open).await
        {
            context.remember_codes(&change);
        }
        let (reading, facts) = self.call_read(&context, 3).await;
        self.note_reading(&context, &reading, facts, began).await?;
        read_view(&context, reading)
    }

    /// `began`: the open change as it was when the read began. One that another program has moved since is settled by a
    /// proof only: what else the read shows may be from before.
    async fn note_reading(
        &self,
        context: &Context,
        reading: &Reading,
        facts: Facts,
        began: Option<(Uuid, u64)>,
    ) -> Result<()> {
        let id = context.profile.id;
        for _ in 0..LOOKS {
            let Some(open) = self.0.db.open_change_of(id)? else {
                break;
            };
            let open = self.stored_change(open.change.id).await?;
            let fresh = began == Some((open.id, open.version)) || reading.proves(&open.to);
            let settled = fresh
                && !open.state.is_sending()
                && !open.resending
                && matches!(open.state, State::AwaitingCode | State::Unknown)
                && matches!(reading, Reading::Shows { .. });
            if !settled {
                break;
            }
            // Without its place in the flow only a proof ends it: all else would move it on from a step that is not there.
            let open = match self.in_its_flow(open.clone()) {
                Ok(placed) => placed,
                Err(_) if reading.proves(&open.to) => open,
                Err(_) => break,
            };
            let input = Input::Read(Why::Check, reading.clone(), facts.clone());
            match self.put_in(context, open, input).await {
                // Another program was quicker: it is looked at anew.
                Err(problem) if matches!(problem.code, Code::Busy | Code::ChangeNotOpen) => {}
                other => return other.map(drop),
            }
        }
        let input = Input::Read(Why::Check, reading.clone(), facts);
        let seen = self.seen_by(context, &input, None, super::now())?;
        let seen = seen.map(|seen| match seen {
            // What a change proved while this read was on its way is newer.
            ProfileWrite::Seen(seen) => ProfileWrite::SeenSince(seen, context.profile.checked_at),
            other => other,
        });
        if let Some(seen) = seen {
            let account = Guard::SameAccount(Box::new(context.profile.clone()));
            self.0.db.commit(Job::from(seen).guard(account)).await?;
        }
        self.tell(Some(id), None);
        Ok(())
    }

    /// What a turn teaches about the profile: a read, or the end of a change without one.
    pub(super) fn seen_by(
        &self,
        context: &Context,
        input: &Input,
        after: Option<&Change>,
        now: Timestamp,
    ) -> Result<Option<ProfileWrite>> {
        let id = context.profile.id;
        let ended = after.filter(|change| change.state == State::Changed);
        let seen = match (input, ended) {
            (Input::Read(_, Reading::Shows { email, verified }, _), ended) => {
                // An address that our own open change has set is not somebody else's doing.
                let ours = after.filter(|change| {
                    email
                        .as_deref()
                        .is_some_and(|email| email::same(email, &change.to))
                });
                let proved = match (ended, ours) {
                    (Some(change), _) => Some(change.to.clone()),
                    (None, Some(_)) => None,
                    (None, None) => self.0.db.last_proved_address(id)?,
                };
                Seen {
                    profile_id: id,
                    known: known(email.as_deref(), *verified, proved.as_deref()),
                    email: email.clone(),
                    verified: *verified,
                    checked_at: Some(now),
                    problem: None,
                }
            }
            (_, Some(change)) => Seen {
                profile_id: id,
                email: Some(change.to.clone()),
                verified: None,
                checked_at: Some(now),
                known: Known::Changed,
                problem: None,
            },
            (Input::Read(_, Reading::Failed(problem), _), None) => {
                // What was known before stays; only that the check did not work is new.
                return Ok(Some(ProfileWrite::Problem(id, Some(problem.clone()))));
            }
            _ => return Ok(None),
        };
        Ok(Some(ProfileWrite::Seen(seen)))
    }
}

/// How the address is known, beside what our last change proved.
fn known(email: Option<&str>, verified: Option<bool>, proved: Option<&str>) -> Known {
    match (email, proved) {
        (None, _) => Known::NotSet,
        (Some(email), Some(proved)) if !email::same(email, proved) => Known::ChangedElsewhere,
        (Some(_), _) if verified == Some(true) => Known::Verified,
        (Some(_), Some(_)) if verified.is_none() => Known::Changed,
        _ => Known::AsRead,
    }
}

pub(super) fn read_view(context: &Context, reading: Reading) -> Result<ReadView> {
    match reading {
        Reading::Shows { email, verified } => Ok(ReadView { email, verified }),
        Reading::NotOffered => Err(context.name(Code::NotSupported.into())),
        Reading::Failed(problem) => Err(problem),
    }
}

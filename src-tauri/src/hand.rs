//! What the person does right now, by the ids of changes and profiles: a notification would only repeat what they see.
//!
//! Not here: what is told (`notices`).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::state::lock;

/// What came of it is seen on the screen this long.
const SEEN: Duration = Duration::from_secs(10);

#[derive(Default, Clone)]
pub struct Hands(Arc<Mutex<BTreeMap<Uuid, Option<Instant>>>>);

/// Held while the person's call is on its way.
pub struct Hand(Hands, Uuid);

impl Hands {
    pub fn begin(&self, id: Uuid) -> Hand {
        let mut hands = lock(&self.0);
        hands.retain(|_, ended| ended.is_none_or(|at| at.elapsed() < SEEN));
        hands.insert(id, None);
        Hand(self.clone(), id)
    }

    pub fn are_on(&self, id: Uuid) -> bool {
        let hands = lock(&self.0);
        let ended = hands.get(&id);
        ended.is_some_and(|ended| ended.is_none_or(|at| at.elapsed() < SEEN))
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        lock(&self.0.0).insert(self.1, Some(Instant::now()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hand_is_on_what_it_began_and_on_nothing_else() {
        let (hands, id) = (Hands::default(), Uuid::from_u128(1));
        assert!(!hands.are_on(id));
        let hand = hands.begin(id);
        assert!(hands.are_on(id) && !hands.are_on(Uuid::from_u128(2)));
        drop(hand);
        assert!(hands.are_on(id), "what came of it is still seen");
        lock(&hands.0).insert(id, Instant::now().checked_sub(SEEN));
        assert!(!hands.are_on(id));
    }
}

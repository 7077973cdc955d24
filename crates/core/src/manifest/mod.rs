//! Manifests: a service's API as data.

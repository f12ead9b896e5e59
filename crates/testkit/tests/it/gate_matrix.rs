//! The gate matrix.

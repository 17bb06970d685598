//! 1997: gates that keep the state alive.

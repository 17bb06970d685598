//! 2014: one network reads, another writes, and one vector passes between them.

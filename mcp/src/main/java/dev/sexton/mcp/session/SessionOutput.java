package dev.sexton.mcp.session;

/// The kept output of a session.
///
/// @param stdout the last bytes of stdout
/// @param stderr the last bytes of stderr
record SessionOutput(OutputRing stdout, OutputRing stderr) {}

package dev.sexton.cli.setup;

import java.util.List;

/// Finds the servers in a client's configuration.
@FunctionalInterface
interface ConfigurationFormat {
  /// Returns the servers in the order of the file.
  ///
  /// @throws MalformedException if the text is not in this format
  List<ServerEntry> servers(String text) throws MalformedException;
}

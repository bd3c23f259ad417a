package dev.sexton.mcpsdk;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;

/// Reads the output of a server, line by line.
///
/// @param command the server's command, for messages
/// @param maxLine the maximum length of a line, in bytes; a longer one is skipped with a warning
record OutputReader(String command, int maxLine) {
  private static final Logger LOG = System.getLogger("dev.sexton.mcpsdk");

  /// Passes each line to a consumer, until the end of the input or until it cannot be read. An
  /// exception of the consumer is logged.
  void forEachLine(InputStream input, Consumer<String> consumer) {
    LineReader lines = new LineReader(input, maxLine);
    while (true) {
      try {
        String line = lines.next();
        if (line == null) {
          return;
        }
        consumer.accept(line);
      } catch (LineReader.TooLong skipped) {
        LOG.log(
            Level.WARNING,
            "the MCP server \"{0}\" wrote something that is skipped: {1}",
            command,
            skipped.getMessage());
      } catch (IOException ended) {
        return;
      } catch (RuntimeException failed) {
        LOG.log(Level.WARNING, "a handler of the MCP client failed", failed);
      }
    }
  }
}

package dev.sexton.mcp.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.modelcontextprotocol.json.McpJsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/// Writes messages to a client, one per line. The SDK's own queue treats two concurrent messages as
/// an error and closes the session, so it is not used. Thread-safe.
final class MessageWriter {
  private final OutputStream out;
  private final McpJsonMapper mapper;

  MessageWriter(OutputStream out, McpJsonMapper mapper) {
    this.out = out;
    this.mapper = mapper;
  }

  /// Writes a message and returns when it was handed over. Waits for a client that does not read.
  void write(Object message) throws IOException {
    String text = Objects.requireNonNull(mapper.writeValueAsString(message));
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    line.writeBytes(text.getBytes(UTF_8));
    line.write('\n');
    synchronized (out) {
      line.writeTo(out);
      out.flush();
    }
  }
}

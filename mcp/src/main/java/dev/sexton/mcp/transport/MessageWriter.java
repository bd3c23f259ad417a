package dev.sexton.mcp.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.modelcontextprotocol.json.McpJsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/**
 * Writes messages to a client, a line each. The SDK's own queue takes two messages at once for a
 * fault and closes the session, so it is not used. Safe for use by several threads.
 */
final class MessageWriter {
  private final OutputStream out;
  private final McpJsonMapper mapper;

  MessageWriter(OutputStream out, McpJsonMapper mapper) {
    this.out = out;
    this.mapper = mapper;
  }

  /** Returns when the message has been handed over; a client that does not read is waited for. */
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

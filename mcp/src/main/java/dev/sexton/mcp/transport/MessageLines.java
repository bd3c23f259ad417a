package dev.sexton.mcp.transport;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The lines of a client that are messages. The SDK's stdio transport stops listening for good at
/// the first line that is not a message. Such a line is answered and skipped here. For one reader.
final class MessageLines extends InputStream {
  /// In bytes. More than any sensible call needs, and little compared to the heap.
  static final int LONGEST = 4 << 20;

  private static final int PARSE_ERROR = -32700;

  private final InputStream in;
  private final MessageWriter answers;
  private final McpJsonMapper mapper;
  private final byte[] buffer = new byte[1 << 13];
  private int bufferAt;
  private int bufferEnd;
  private byte[] line = new byte[0];
  private int lineAt;
  private boolean begun;

  /// Creates a filter of this input.
  MessageLines(InputStream in, MessageWriter answers, McpJsonMapper mapper) {
    this.in = in;
    this.answers = answers;
    this.mapper = mapper;
  }

  @Override
  public int read() throws IOException {
    return isAtEnd() ? -1 : line[lineAt++] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (isAtEnd()) {
      return -1;
    }
    int count = Math.min(length, line.length - lineAt);
    System.arraycopy(line, lineAt, bytes, offset, count);
    lineAt += count;
    return count;
  }

  /// Reads on to the next message when the last one is used up.
  private boolean isAtEnd() throws IOException {
    while (lineAt == line.length) {
      ByteArrayOutputStream next = new ByteArrayOutputStream();
      boolean whole = readLine(next);
      if (!whole && next.size() == 0) {
        return true;
      }
      if (next.size() > LONGEST) {
        refuse(
            null,
            McpSchema.ErrorCodes.INVALID_REQUEST,
            "a line is longer than " + LONGEST + " bytes: send shorter lines");
      } else if (isMessage(next.toByteArray())) {
        next.write('\n');
        line = next.toByteArray();
        lineAt = 0;
      }
    }
    return false;
  }

  /// Reads a line and returns whether it is terminated. Keeps one byte more than the maximum, so
  /// that a longer line can be detected.
  private boolean readLine(ByteArrayOutputStream to) throws IOException {
    while (true) {
      if (bufferAt == bufferEnd) {
        bufferAt = 0;
        bufferEnd = Math.max(0, in.read(buffer));
        if (bufferEnd == 0) {
          return false;
        }
      }
      int start = bufferAt;
      while (bufferAt < bufferEnd && buffer[bufferAt] != '\n') {
        bufferAt++;
      }
      to.write(buffer, start, Math.min(bufferAt - start, LONGEST + 1 - to.size()));
      if (bufferAt < bufferEnd) {
        bufferAt++;
        return true;
      }
    }
  }

  private boolean isMessage(byte[] bytes) throws IOException {
    JSONRPCMessage message;
    try {
      String text = Utf8.decode(bytes);
      if (text.isBlank()) {
        return false;
      }
      message = McpSchema.deserializeJsonRpcMessage(mapper, text);
    } catch (CharacterCodingException invalid) {
      refuse(null, PARSE_ERROR, "a line is not valid UTF-8: " + Utf8.REMEDY);
      return false;
    } catch (IOException | RuntimeException invalid) { // The SDK fails in many ways, at null too.
      refuse(
          null,
          PARSE_ERROR,
          "a line is not a JSON-RPC message of MCP: send one object per line, with jsonrpc, and a"
              + " method"
              + " or an id that is a string or an integer");
      return false;
    }
    return !(message instanceof JSONRPCRequest request) || isProper(request);
  }

  private boolean isProper(JSONRPCRequest request) throws IOException {
    begun |= request.method().equals(McpSchema.METHOD_INITIALIZE);
    if (!begun && !request.method().equals(McpSchema.METHOD_PING)) {
      refuse(
          request.id(),
          McpSchema.ErrorCodes.INVALID_REQUEST,
          "the session is not initialized: send initialize first");
      return false;
    }
    if (request.method().equals(McpSchema.METHOD_TOOLS_CALL)
        && !(request.params() instanceof Map<?, ?> params
            && params.get("name") instanceof String
            && (params.get("arguments") == null || params.get("arguments") instanceof Map))) {
      refuse(
          request.id(),
          McpSchema.ErrorCodes.INVALID_PARAMS,
          "a call needs params with the tool's name (a string) and its arguments (an object):"
              + " see tools/list");
      return false;
    }
    return true;
  }

  private void refuse(@Nullable Object id, int code, String message) throws IOException {
    Map<@Nullable String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("jsonrpc", McpSchema.JSONRPC_VERSION);
    answer.put("id", id);
    answer.put("error", Map.of("code", code, "message", message));
    answers.write(answer);
  }

  @Override
  public int available() {
    return line.length - lineAt;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

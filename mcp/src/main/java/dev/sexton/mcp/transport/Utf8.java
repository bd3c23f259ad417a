package dev.sexton.mcp.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/// Decodes messages, which are always UTF-8. An invalid byte would become another character, and
/// change a command into another one.
final class Utf8 {
  static final String REMEDY = "send messages in UTF-8";

  private Utf8() {}

  /// @throws CharacterCodingException if the bytes are not valid UTF-8
  static String decode(byte[] bytes) throws CharacterCodingException {
    return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }
}

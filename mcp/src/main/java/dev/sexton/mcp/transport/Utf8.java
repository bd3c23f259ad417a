package dev.sexton.mcp.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/// Decodes messages, all of which are UTF-8. A byte that is not would become another character, and
/// a command another command.
final class Utf8 {
  static final String REMEDY = "send messages in UTF-8";

  private Utf8() {}

  /// @throws CharacterCodingException if it is no UTF-8
  static String decode(byte[] bytes) throws CharacterCodingException {
    return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }
}

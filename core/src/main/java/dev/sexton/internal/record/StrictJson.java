package dev.sexton.internal.record;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.ToNumberPolicy;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.sexton.RecordException;
import java.io.CharArrayReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * JSON exactly as RFC 8259 has it, in UTF-8 without a byte order mark. A key that stands twice is
 * an error: two readers could disagree on which one counts.
 */
final class StrictJson {
  /** How deep a record may nest. Ours nest 3 deep; whoever adds keys has room. */
  private static final int MAX_DEPTH = 64;

  /** What gson says of most defects: advice to the programmer, of no use to whoever reads it. */
  private static final String GSON_MALFORMED =
      "Use JsonReader.setStrictness(Strictness.LENIENT) to accept malformed JSON";

  private static final String GSON_ADVICE_FOLLOWS = "\nSee https:";

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private StrictJson() {}

  static JsonObject parseObject(byte[] bytes, Object file) throws RecordException {
    CharBuffer text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
    } catch (CharacterCodingException malformed) {
      throw new RecordException.InvalidJson(file, "it is not UTF-8", malformed);
    }
    if (text.hasRemaining() && text.charAt(0) == BYTE_ORDER_MARK) {
      throw new RecordException.InvalidJson(file, "it begins with a byte order mark", null);
    }
    JsonReader reader =
        new JsonReader(new CharArrayReader(text.array(), text.arrayOffset(), text.remaining()));
    reader.setStrictness(Strictness.STRICT);
    reader.setNestingLimit(MAX_DEPTH);
    try {
      JsonElement root = parse(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new RecordException.InvalidJson(file, "something follows its end", null);
      }
      if (!root.isJsonObject()) {
        throw new RecordException.InvalidJson(file, "it is not an object", null);
      }
      return root.getAsJsonObject();
    } catch (RecordException ours) {
      throw ours;
    } catch (IOException | RuntimeException malformed) {
      // gson reports most defects as IOException, some as IllegalStateException.
      throw new RecordException.InvalidJson(file, oneLine(malformed.getMessage()), malformed);
    }
  }

  private static JsonElement parse(JsonReader reader) throws IOException {
    return switch (reader.peek()) {
      case BEGIN_OBJECT -> parseMembers(reader);
      case BEGIN_ARRAY -> parseElements(reader);
      case STRING -> new JsonPrimitive(reader.nextString());
      case NUMBER -> new JsonPrimitive(ToNumberPolicy.LAZILY_PARSED_NUMBER.readNumber(reader));
      case BOOLEAN -> new JsonPrimitive(reader.nextBoolean());
      case NULL -> {
        reader.nextNull();
        yield JsonNull.INSTANCE;
      }
      case END_ARRAY, END_OBJECT, NAME, END_DOCUMENT ->
          throw new IOException("unexpected end at " + reader.getPath());
    };
  }

  private static JsonObject parseMembers(JsonReader reader) throws IOException {
    JsonObject object = new JsonObject();
    reader.beginObject();
    while (reader.hasNext()) {
      String key = reader.nextName();
      if (object.has(key)) {
        throw new IOException("a key stands twice at " + reader.getPath());
      }
      object.add(key, parse(reader));
    }
    reader.endObject();
    return object;
  }

  private static JsonArray parseElements(JsonReader reader) throws IOException {
    JsonArray array = new JsonArray();
    reader.beginArray();
    while (reader.hasNext()) {
      array.add(parse(reader));
    }
    reader.endArray();
    return array;
  }

  /** The text without line ends and the escapes of terminals. */
  static String printable(String text) {
    return text.replaceAll("\\p{Cc}", "\uFFFD");
  }

  private static String oneLine(@Nullable String message) {
    if (message == null) {
      return "it is malformed";
    }
    int end = message.indexOf(GSON_ADVICE_FOLLOWS);
    String defect = end < 0 ? message : message.substring(0, end);
    defect = defect.replace(GSON_MALFORMED, "unexpected character");
    String line = defect.length() <= 200 ? defect : defect.substring(0, 200) + "…";
    // A path names keys, and a key can hold anything, line ends and a terminal's escapes included.
    return printable(line);
  }
}

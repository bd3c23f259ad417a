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
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * JSON exactly as RFC 8259 has it, in UTF-8 without a byte order mark. A key that stands twice is
 * an error: two readers could disagree on which one counts.
 */
final class StrictJson {
  /** How deep a record may nest. Ours nest 3 deep; whoever adds keys has room. */
  private static final int MAX_DEPTH = 64;

  /**
   * How many values a record may hold: each takes some 200 bytes of memory, however few in the
   * file. The 10,000 processes that a record may list have ten each.
   */
  private static final int MAX_VALUES = 120_000;

  /** What gson says of most defects: advice to the programmer, of no use to whoever reads it. */
  private static final String GSON_MALFORMED =
      "Use JsonReader.setStrictness(Strictness.LENIENT) to accept malformed JSON";

  private static final String GSON_ADVICE_FOLLOWS = "\nSee https:";

  /// Stands in a text for what was malformed, unless it was in the record itself.
  private static final char REPLACEMENT = '\uFFFD';

  /// The size of the buffer that reading piece by piece would take for each record.
  private static final int SMALL_BYTES = 8192;

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final JsonReader reader;
  private int values;

  private StrictJson(JsonReader reader) {
    this.reader = reader;
  }

  static JsonObject parseObject(byte[] bytes, Object file) throws RecordException {
    if (Arrays.equals(bytes, 0, Math.min(bytes.length, 3), BYTE_ORDER_MARK, 0, 3)) {
      throw new RecordException.InvalidJson(file, "it begins with a byte order mark", null);
    }
    try {
      JsonReader reader = new JsonReader(text(bytes));
      reader.setStrictness(Strictness.STRICT);
      reader.setNestingLimit(MAX_DEPTH);
      JsonElement root = new StrictJson(reader).parse();
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new RecordException.InvalidJson(file, "something follows its end", null);
      }
      if (!root.isJsonObject()) {
        throw new RecordException.InvalidJson(file, "it is not an object", null);
      }
      return root.getAsJsonObject();
    } catch (RecordException ours) {
      throw ours;
    } catch (CharacterCodingException malformed) {
      throw new RecordException.InvalidJson(file, "it is not UTF-8", malformed);
    } catch (IOException | RuntimeException malformed) {
      // gson reports most defects as IOException, some as IllegalStateException.
      throw new RecordException.InvalidJson(file, oneLine(malformed.getMessage()), malformed);
    }
  }

  /// Reads UTF-8, of which a malformed part is an error: a small record at once, which is faster, a
  /// large one piece by piece, for its text takes twice its memory.
  private static Reader text(byte[] bytes) {
    if (bytes.length <= SMALL_BYTES) {
      String text = new String(bytes, StandardCharsets.UTF_8);
      if (text.indexOf(REPLACEMENT) < 0) {
        return new StringReader(text);
      }
    }
    return new InputStreamReader(
        new ByteArrayInputStream(bytes), StandardCharsets.UTF_8.newDecoder());
  }

  private JsonElement parse() throws IOException {
    if (++values > MAX_VALUES) {
      throw new IOException("it has more than " + MAX_VALUES + " values");
    }
    return switch (reader.peek()) {
      case BEGIN_OBJECT -> parseMembers();
      case BEGIN_ARRAY -> parseElements();
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

  private JsonObject parseMembers() throws IOException {
    JsonObject object = new JsonObject();
    reader.beginObject();
    while (reader.hasNext()) {
      String key = reader.nextName();
      if (object.has(key)) {
        throw new IOException("a key stands twice at " + reader.getPath());
      }
      object.add(key, parse());
    }
    reader.endObject();
    return object;
  }

  private JsonArray parseElements() throws IOException {
    JsonArray array = new JsonArray();
    reader.beginArray();
    while (reader.hasNext()) {
      array.add(parse());
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

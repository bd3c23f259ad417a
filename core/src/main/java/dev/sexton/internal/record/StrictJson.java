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

/// Parses JSON strictly by RFC 8259, in UTF-8 without a byte order mark. A duplicate key is an
/// error, because two readers could disagree on which one counts.
final class StrictJson {
  /// The maximum nesting depth. Sexton's records nest 3 deep, which leaves room for other programs'
  /// keys.
  private static final int MAX_DEPTH = 64;

  /// The maximum number of values in a record. Each takes about 200 bytes of memory, however few in
  /// the file. Each of the 10,000 processes that a record may list has ten.
  private static final int MAX_VALUES = 120_000;

  /// gson's message for most defects. It is advice for programmers and does not help the reader.
  private static final String GSON_MALFORMED =
      "Use JsonReader.setStrictness(Strictness.LENIENT) to accept malformed JSON";

  private static final String GSON_ADVICE_FOLLOWS = "\nSee https:";

  /// Replaces malformed bytes in decoded text, unless the record itself contains it.
  private static final char REPLACEMENT = '\uFFFD';

  /// The buffer size that incremental reading would need for each record.
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
        throw new RecordException.InvalidJson(file, "it has content after its end", null);
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

  /// Decodes UTF-8 and rejects malformed bytes. A small record is decoded at once, which is faster.
  /// A large one is decoded incrementally, because its text takes twice its memory.
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
        throw new IOException("duplicate key at " + reader.getPath());
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

  /// Returns the text without line ends and terminal escapes.
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
    // A path names keys, and a key can contain anything, including line ends and terminal escapes.
    return printable(line);
  }
}

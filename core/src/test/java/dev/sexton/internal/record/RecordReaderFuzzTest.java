package dev.sexton.internal.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.sexton.RecordException;
import java.util.Map;

/// Reads arbitrary bytes.
///
/// Every build runs the inputs in the directory beside this class's resources. `JAZZER_FUZZ=1`
/// searches for more.
class RecordReaderFuzzTest {
  @FuzzTest(maxDuration = "4m")
  void anything(byte[] bytes) throws RecordException {
    InstanceRecord record;
    try {
      record = RecordReader.read(bytes, "record");
    } catch (RecordException refused) {
      String message = String.valueOf(refused.getMessage());
      assertThat(message).startsWith("record").hasSizeLessThan(400);
      assertThat(message.chars()).noneMatch(Character::isISOControl);
      return;
    }
    assertThat(record.pid()).isBetween(1L, 0xFFFF_FFFFL);
    record
        .processes()
        .values()
        .forEach(process -> assertThat(process.pid()).isBetween(1L, 0xFFFF_FFFFL));
    assertThat(record.schema()).isNotNegative();

    InstanceRecord again = RecordReader.read(RecordWriter.write(record), "record");

    assertThat(again)
        .usingRecursiveComparison()
        .ignoringFields("source", "invalidProcesses")
        .isEqualTo(record);
    assertThat(again.processes().keySet()).containsExactlyElementsOf(record.processes().keySet());
    assertThat(again.invalidProcesses()).isEmpty();
    for (Map.Entry<String, JsonElement> entry : record.source().entrySet()) {
      if (!RecordWriter.OURS.contains(entry.getKey())) {
        JsonElement kept = again.source().get(entry.getKey());
        assertThat(kept).isNotNull();
        assertThat(same(entry.getValue(), kept)).as("%s", entry.getKey()).isTrue();
      }
    }
  }

  /// Returns whether both are equal to the last digit.
  ///
  /// Gson's own equality compares numbers by value.
  private static boolean same(JsonElement left, JsonElement right) {
    if (left.isJsonObject() && right.isJsonObject()) {
      JsonObject other = right.getAsJsonObject();
      return left.getAsJsonObject().keySet().equals(other.keySet())
          && left.getAsJsonObject().entrySet().stream()
              .allMatch(entry -> same(entry.getValue(), other.get(entry.getKey())));
    }
    if (left.isJsonArray() && right.isJsonArray()) {
      boolean same = left.getAsJsonArray().size() == right.getAsJsonArray().size();
      for (int i = 0; same && i < left.getAsJsonArray().size(); i++) {
        same = same(left.getAsJsonArray().get(i), right.getAsJsonArray().get(i));
      }
      return same;
    }
    if (left.isJsonPrimitive() && right.isJsonPrimitive()) {
      JsonPrimitive one = left.getAsJsonPrimitive();
      JsonPrimitive other = right.getAsJsonPrimitive();
      return one.isNumber() == other.isNumber()
          && one.isBoolean() == other.isBoolean()
          && one.getAsString().equals(other.getAsString());
    }
    return left.isJsonNull() && right.isJsonNull();
  }
}

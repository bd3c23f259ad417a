package dev.sexton.mcp.tool;

import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.transport.Call;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the arguments of a call. It checks the types although the schema has been checked.
final class ToolArguments {
  private final Map<?, ?> values;

  private ToolArguments(Map<?, ?> values) {
    this.values = values;
  }

  static ToolArguments of(Call call) {
    return new ToolArguments(call.arguments());
  }

  boolean has(String key) {
    return values.get(key) != null;
  }

  @Nullable String text(String key) throws RefusalException {
    Object value = values.get(key);
    if (value == null) {
      return null;
    }
    if (value instanceof String text) {
      return text;
    }
    throw wrong(key, "a string");
  }

  String text(String key, String otherwise) throws RefusalException {
    String text = text(key);
    return text == null ? otherwise : text;
  }

  /// Returns a required text.
  String required(String key) throws RefusalException {
    String text = text(key);
    if (text == null) {
      throw new RefusalException(key + " is missing", "provide it");
    }
    return text;
  }

  @Nullable Long number(String key) throws RefusalException {
    Object value = values.get(key);
    if (value == null) {
      return null;
    }
    if (value instanceof Number number && number.doubleValue() == number.longValue()) {
      return number.longValue();
    }
    throw wrong(key, "an integer");
  }

  long number(String key, long otherwise) throws RefusalException {
    Long number = number(key);
    return number == null ? otherwise : number;
  }

  @Nullable Double decimal(String key) throws RefusalException {
    Object value = values.get(key);
    if (value == null) {
      return null;
    }
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw wrong(key, "a number");
  }

  boolean flag(String key, boolean otherwise) throws RefusalException {
    Object value = values.get(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong(key, "true or false");
  }

  List<String> texts(String key) throws RefusalException {
    List<String> texts = new ArrayList<>();
    for (Object item : list(key)) {
      if (!(item instanceof String text)) {
        throw wrong(key, "an array of strings");
      }
      texts.add(text);
    }
    return texts;
  }

  List<ToolArguments> objects(String key) throws RefusalException {
    List<ToolArguments> objects = new ArrayList<>();
    for (Object item : list(key)) {
      if (!(item instanceof Map<?, ?> map)) {
        throw wrong(key, "an array of objects");
      }
      objects.add(new ToolArguments(map));
    }
    return objects;
  }

  private List<?> list(String key) throws RefusalException {
    Object value = values.get(key);
    if (value == null) {
      return List.of();
    }
    if (value instanceof List<?> list) {
      return list;
    }
    throw wrong(key, "an array");
  }

  Map<String, String> map(String key) throws RefusalException {
    Object value = values.get(key);
    if (value == null) {
      return Map.of();
    }
    Map<String, String> texts = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        if (!(entry.getKey() instanceof String name)
            || !(entry.getValue() instanceof String text)) {
          throw wrong(key, "an object of strings");
        }
        texts.put(name, text);
      }
      return texts;
    }
    throw wrong(key, "an object");
  }

  /// Returns a required object whose content is checked by the caller.
  Map<?, ?> raw(String key) throws RefusalException {
    if (values.get(key) instanceof Map<?, ?> map) {
      return map;
    }
    throw wrong(key, "an object");
  }

  @Nullable ToolArguments object(String key) throws RefusalException {
    Object value = values.get(key);
    if (value == null) {
      return null;
    }
    if (value instanceof Map<?, ?> map) {
      return new ToolArguments(map);
    }
    throw wrong(key, "an object");
  }

  private static RefusalException wrong(String key, String expected) {
    return new RefusalException(key + " has the wrong type", "give " + expected);
  }
}

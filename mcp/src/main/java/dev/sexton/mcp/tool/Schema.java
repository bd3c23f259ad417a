package dev.sexton.mcp.tool;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Builds the JSON schema of an object key by key.
final class Schema {
  private final Map<String, Object> properties = new LinkedHashMap<>();
  private final List<String> required = new ArrayList<>();

  private boolean open;

  private Schema() {}

  /// Creates a schema of an object with any keys.
  static Schema open() {
    Schema schema = new Schema();
    schema.open = true;
    return schema;
  }

  /// Creates a schema of an object without keys.
  static Schema object() {
    return new Schema();
  }

  /// Returns the pairs that constrain a number to a range, both ends included.
  static Object[] range(Number minimum, Number maximum) {
    return new Object[] {"minimum", minimum, "maximum", maximum};
  }

  /// Adds an optional key. Further pairs constrain it, such as `minimum`.
  Schema optional(String name, String type, String description, Object... more) {
    return put(name, type, description, more);
  }

  private Schema put(String name, Object type, String description, Object... more) {
    Map<String, Object> property = new LinkedHashMap<>();
    property.put("type", type);
    property.put("description", description);
    for (int i = 0; i < more.length; i += 2) {
      property.put((String) more[i], more[i + 1]);
    }
    properties.put(name, property);
    return this;
  }

  /// Adds a required key.
  Schema required(String name, String type, String description, Object... more) {
    required.add(name);
    return optional(name, type, description, more);
  }

  /// Adds a required key whose value may be null.
  Schema nullable(String name, String type, String description, Object... more) {
    required.add(name);
    return put(name, List.of(type, "null"), description, more);
  }

  /// Adds an array.
  Schema array(String name, String description, Map<String, Object> items) {
    return optional(name, "array", description, "items", items);
  }

  /// Adds a required object.
  Schema requiredObject(String name, String description, Schema schema) {
    required.add(name);
    return object(name, description, schema);
  }

  /// Adds an object.
  Schema object(String name, String description, Schema schema) {
    Map<String, Object> property = new LinkedHashMap<>(schema.build());
    property.put("description", description);
    properties.put(name, property);
    return this;
  }

  /// Returns the schema. Unless it is open, it permits no other keys.
  Map<String, Object> build() {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", properties);
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    schema.put("additionalProperties", open);
    return schema;
  }
}

package dev.sexton.cli.output;

import com.google.gson.FormattingStyle;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes JSON documents to a stream, each followed by a newline.
public final class JsonOut {
  /// Writes the content of a document.
  @FunctionalInterface
  public interface Content {
    void write(JsonWriter json) throws IOException;
  }

  private JsonOut() {}

  /// Writes one document on several lines.
  public static void document(PrintStream stream, Content content) {
    write(stream, FormattingStyle.PRETTY, content);
  }

  /// Writes one document on one line.
  public static void line(PrintStream stream, Content content) {
    write(stream, FormattingStyle.COMPACT, content);
  }

  /// Writes the document of a report, after the version of Sexton.
  public static void report(PrintStream stream, Map<String, @Nullable Object> report) {
    document(
        stream,
        json -> {
          json.name("version").value(Version.TEXT);
          members(json, report);
        });
  }

  /// Writes the members of an object of [dev.sexton.ReportJson].
  public static void members(JsonWriter json, Map<?, ?> object) throws IOException {
    for (Map.Entry<?, ?> member : object.entrySet()) {
      json.name(String.valueOf(member.getKey()));
      value(json, member.getValue());
    }
  }

  private static void value(JsonWriter json, @Nullable Object value) throws IOException {
    switch (value) {
      case Map<?, ?> object -> {
        json.beginObject();
        members(json, object);
        json.endObject();
      }
      case Iterable<?> array -> {
        json.beginArray();
        for (Object element : array) {
          value(json, element);
        }
        json.endArray();
      }
      case Boolean flag -> json.value(flag);
      case Number number -> json.value(number);
      case null -> json.nullValue();
      default -> json.value(value.toString());
    }
  }

  private static void write(PrintStream stream, FormattingStyle style, Content content) {
    try {
      JsonWriter json = new JsonWriter(new Escaping(stream));
      json.setFormattingStyle(style);
      json.beginObject();
      content.write(json);
      json.endObject();
      json.flush();
    } catch (IOException impossible) { // A PrintStream does not throw its errors.
      throw new UncheckedIOException(impossible);
    }
    stream.print('\n');
    stream.flush();
  }

  /// Also escapes characters that JSON allows and that control a terminal.
  private static final class Escaping extends Writer {
    private final PrintStream stream;
    private final StringBuilder buffer = new StringBuilder(8192);

    Escaping(PrintStream stream) {
      this.stream = stream;
    }

    @Override
    public void write(char[] chars, int offset, int length) {
      for (int i = offset; i < offset + length; i++) {
        add(chars[i]);
      }
      drain(8000);
    }

    @Override
    public void write(@Nullable String text, int offset, int length) {
      for (int i = offset; text != null && i < offset + length; i++) {
        add(text.charAt(i));
      }
      drain(8000);
    }

    @Override
    public void write(int c) {
      add((char) c);
      drain(8000);
    }

    private void add(char c) {
      // A control character below the space is gson's own line break, or is escaped by gson.
      if (c <= '~' || (!Character.isSurrogate(c) && TerminalText.isVisible(c))) {
        buffer.append(c);
      } else {
        buffer.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          buffer.append(Character.forDigit((c >> shift) & 0xf, 16));
        }
      }
    }

    private void drain(int above) {
      if (buffer.length() > above) {
        stream.print(buffer);
        buffer.setLength(0);
      }
    }

    @Override
    public void flush() {
      drain(0);
      stream.flush();
    }

    @Override
    public void close() {
      flush();
    }
  }
}

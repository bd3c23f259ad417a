package dev.sexton.internal.process;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.Charset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Another program that this one is about to become. What takes time is done when it is made, so
 * that it can become it at once. For use by one thread.
 */
public final class Exec {
  private final Kernel kernel;
  private final Charset charset;
  private final Arena arena = Arena.global(); // What it needs has to last until there is no JVM.
  private final MemorySegment words;
  private final long environment;
  private final int known;

  private Exec(Kernel kernel, List<String> command, int more, Charset charset) {
    this.kernel = kernel;
    this.charset = charset;
    this.words = arena.allocate(ValueLayout.ADDRESS, command.size() + more + 1L);
    this.environment = Kernel.environment();
    this.known = command.size();
    for (int i = 0; i < known; i++) {
      set(i, command.get(i));
    }
  }

  private void set(int index, String word) {
    byte[] bytes = word.getBytes(charset); // allocateFrom knows the Unicode ones only.
    MemorySegment text = arena.allocate(bytes.length + 1L); // It is all zeros.
    MemorySegment.copy(bytes, 0, text, ValueLayout.JAVA_BYTE, 0, bytes.length);
    words.setAtIndex(ValueLayout.ADDRESS, index, text);
  }

  /**
   * Prepares it; null where the JVM does not permit native calls, or this is no Linux that has
   * process descriptors.
   *
   * @param command the program's path, and the first of its arguments
   * @param more how many will follow
   */
  public static @Nullable Exec prepare(List<String> command, int more) {
    return prepare(command, more, Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")));
  }

  /** The same in a locale with this charset. */
  static @Nullable Exec prepare(List<String> command, int more, Charset charset) {
    Kernel kernel = Kernel.instance();
    return kernel == null ? null : new Exec(kernel, command, more, charset);
  }

  /**
   * Becomes it: in this very process, with its environment, working directory and standard streams,
   * and without its other descriptors (before Linux 5.11, with those that say nothing of exec).
   * What this program had yet to do, shutdown hooks included, it never does. Returns only if that
   * fails, because there is no such program say.
   *
   * @param more the arguments that were left open, as many as was said
   */
  public void become(List<String> more) {
    for (int i = 0; i < more.size(); i++) {
      set(known + i, more.get(i));
    }
    kernel.execute(words, environment);
  }
}

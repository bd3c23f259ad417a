package dev.sexton.internal.process;

import dev.sexton.internal.process.ProcessInfo.Ancestry;
import dev.sexton.internal.process.ProcessInfo.Image;
import dev.sexton.internal.process.ProcessInfo.State;
import org.jspecify.annotations.Nullable;

/// Parses a line of `/proc/PID/stat`. See proc(5). For one line and one thread.
final class StatLine {
  /// The bit for kernel threads in field 9: PF_KTHREAD in the kernel's sched.h.
  private static final long KERNEL_THREAD = 0x0020_0000;

  private final byte[] line;
  private final int length;
  private long parent;
  private long session;
  private long flags;
  private long threads = 1;
  private long start = -1;
  private long environment;

  private StatLine(byte[] line, int length) {
    this.line = line;
    this.length = length;
  }

  /// Returns the process in a line, or null if the line is not complete. The name in parentheses
  /// may contain anything, including parentheses.
  ///
  /// @param length how many bytes of the array are the line
  static @Nullable ProcessInfo parse(byte[] line, int length) {
    int close = length - 1;
    while (close > 0 && line[close] != ')') {
      close--;
    }
    int open = 0;
    while (open < close && line[open] != '(') {
      open++;
    }
    if (open == close || close + 2 >= length) {
      return null;
    }
    StatLine stat = new StatLine(line, length);
    stat.readFields(close + 2);
    return stat.start < 0 ? null : stat.process((char) line[close + 2]);
  }

  /// Reads the fields that follow the state.
  ///
  /// @param state where the state is, which is field 3
  private void readFields(int state) {
    int field = 3;
    for (int i = state; i < length; i++) {
      if (line[i] != ' ') {
        continue;
      }
      field++;
      switch (field) {
        case 4 -> parent = number(i + 1);
        case 6 -> session = number(i + 1);
        case 9 -> flags = number(i + 1);
        case 20 -> threads = number(i + 1);
        case 22 -> start = number(i + 1);
        // The start of the environment, which the kernel chooses anew for each program. 0 if this
        // process must not know it.
        case 50 -> environment = number(i + 1);
        default -> {}
      }
    }
  }

  private ProcessInfo process(char letter) {
    boolean kernel = (flags & KERNEL_THREAD) != 0;
    return new ProcessInfo(
        number(0),
        StartTime.ticks(start),
        new Ancestry(parent, session),
        state(letter),
        kernel ? Image.KERNEL : image());
  }

  private Image image() {
    return environment == 0 ? Image.UNKNOWN : new Image(false, environment);
  }

  /// Interprets the state letter, which is that of the first thread. If that thread has ended and
  /// others have not, the process continues but looks like a zombie.
  private State state(char letter) {
    return switch (letter) {
      case 'Z' -> threads > 1 ? State.RUNNING : State.ZOMBIE;
      case 'X', 'x' -> State.ZOMBIE;
      case 'T', 't' -> State.STOPPED;
      default -> State.RUNNING;
    };
  }

  private long number(int from) {
    long value = 0;
    for (int i = from; i < length && line[i] >= '0' && line[i] <= '9'; i++) {
      value = value * 10 + (line[i] - '0');
    }
    return value;
  }
}

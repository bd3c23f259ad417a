package dev.sexton.internal.process;

import java.io.File;
import java.util.ArrayList;
import java.util.List;

/**
 * Descriptors that a process which is to outlive its parent got from it and has no use for. As long
 * as it holds them, nobody at their other ends sees that the parent has closed them.
 */
public final class InheritedDescriptors {
  private static final int STDERR = 2;

  private final List<Integer> numbers;

  private InheritedDescriptors(List<Integer> numbers) {
    this.numbers = numbers;
  }

  /**
   * Those above stderr that lead to the same in this process and in the one that started it. To be
   * called while that still has them.
   */
  public static InheritedDescriptors from(long parent) {
    List<Integer> numbers = new ArrayList<>();
    String[] names = new File("/proc/self/fd").list();
    for (String name : names == null ? new String[0] : names) {
      String own = ProcFiles.link("/proc/self/fd/" + name);
      if (Integer.parseInt(name) > STDERR
          && own != null
          && own.equals(ProcFiles.link("/proc/" + parent + "/fd/" + name))) {
        numbers.add(Integer.valueOf(name));
      }
    }
    return new InheritedDescriptors(numbers);
  }

  /** Closes them, where the system can be asked to. */
  public void close() {
    Kernel kernel = numbers.isEmpty() ? null : Kernel.instance();
    if (kernel != null) {
      numbers.forEach(kernel::close);
    }
  }
}

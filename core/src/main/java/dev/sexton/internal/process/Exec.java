package dev.sexton.internal.process;

import java.util.List;

/** How to become another program. */
public final class Exec {
  private Exec() {}

  /**
   * Becomes another program: in this very process, with its environment, working directory and
   * standard streams, and without its other descriptors. What this program had yet to do, shutdown
   * hooks included, it never does.
   *
   * <p>Returns only if that cannot be done: there is no such program, or the JVM does not permit
   * native calls, or this is no Linux that has process descriptors.
   *
   * @param command the program's path, and its arguments
   */
  public static void become(List<String> command) {
    Kernel kernel = Kernel.instance();
    if (kernel != null) {
      kernel.execute(command);
    }
  }
}

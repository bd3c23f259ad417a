/// `sexton run`: it makes no visible difference until something dies.
@NullMarked
package dev.sexton.run;

import org.jspecify.annotations.NullMarked;

/// The record of an instance: its content ([dev.sexton.internal.record.InstanceRecord]), how it is
/// read even if hostile ([dev.sexton.internal.record.RecordReader]) and how it is written
/// ([dev.sexton.internal.record.RecordWriter]).
@NullMarked
package dev.sexton.internal.record;

import org.jspecify.annotations.NullMarked;

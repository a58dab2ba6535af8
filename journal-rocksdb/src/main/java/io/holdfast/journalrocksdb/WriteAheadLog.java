package io.holdfast.journalrocksdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Tells a log torn at its very end, which a power cut leaves and which costs nothing acknowledged,
 * from one with a hole, behind which acknowledged writes are lost. RocksDB's modes either refuse
 * both (unless the torn part is merely short) or accept both.
 *
 * <p>A log is blocks of 32 KiB filled with fragments: checksum(4) length(2) type(1) bytes.
 */
final class WriteAheadLog {
  private static final int BLOCK = 32 << 10;
  private static final int HEADER = 7;
  private static final int TYPES = 4; // whole, first, middle, last

  private final ByteBuffer log;

  private WriteAheadLog(Path file) throws IOException {
    log = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Whether all logs are whole but for the newest one's end. */
  static boolean isOnlyTorn(Path directory) throws IOException {
    List<Path> logs;
    try (var files = Files.list(directory)) {
      logs = files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    }
    for (Path file : logs) {
      WriteAheadLog log = new WriteAheadLog(file);
      int whole = log.whole();
      boolean newest = file.equals(logs.getLast());
      if (newest ? log.anyFragmentAfter(whole) : !log.isZero(whole)) {
        return false;
      }
    }
    return true;
  }

  /** How far every fragment is good. */
  private int whole() {
    int at = 0;
    while (true) {
      int left = BLOCK - at % BLOCK;
      if (left < HEADER) {
        at += left;
      } else if (isFragment(at)) {
        at += HEADER + length(at);
      } else {
        return Math.min(at, log.limit());
      }
    }
  }

  private boolean anyFragmentAfter(int start) {
    for (int at = start; at + HEADER <= log.limit(); at++) {
      if (isFragment(at)) {
        return true;
      }
    }
    return false;
  }

  private boolean isZero(int start) {
    for (int at = start; at < log.limit(); at++) {
      if (log.get(at) != 0) {
        return false;
      }
    }
    return true;
  }

  private int length(int at) {
    return Short.toUnsignedInt(log.getShort(at + 4));
  }

  private boolean isFragment(int at) {
    if (at + HEADER > log.limit()) {
      return false;
    }
    int type = log.get(at + 6);
    int end = at + HEADER + length(at);
    if (type < 1 || type > TYPES || end > log.limit() || end > at - at % BLOCK + BLOCK) {
      return false;
    }
    CRC32C crc = new CRC32C();
    crc.update(log.slice(at + 6, end - at - 6));
    int sum = (int) crc.getValue();
    return log.getInt(at) == Integer.rotateRight(sum, 15) + 0xa282ead8;
  }
}

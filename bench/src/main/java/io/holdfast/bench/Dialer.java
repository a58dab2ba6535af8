package io.holdfast.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

/** Opens the driver's connections, all on one event loop: the other cores belong to the server. */
final class Dialer implements AutoCloseable {
  private static final int AT_ONCE = 128;

  /** Below the size of Linux' usual range of local ports (28,232), with room for other users. */
  private static final int PER_ADDRESS = 20_000;

  private final IoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final int port;
  private final String path;
  private int dialled;

  Dialer(int port, String extraParameters) {
    this.port = port;
    this.path = "/?v=6&format=json&key=" + Load.KEY + "&heartbeats=false" + extraParameters;
  }

  EventLoop loop() {
    return loop;
  }

  /** Opens a connection for each reader and waits until the server has greeted them all. */
  List<ClientSocket> open(int count, IntFunction<ClientSocket.Reader> readers) {
    var room = new Semaphore(AT_ONCE);
    var pending = new ArrayList<CompletableFuture<ClientSocket>>(count);
    for (int i = 0; i < count; i++) {
      room.acquireUninterruptibly();
      CompletableFuture<ClientSocket> socket = dial(readers.apply(i));
      pending.add(socket.whenComplete((done, failure) -> room.release()));
    }
    return pending.stream().map(Dialer::await).toList();
  }

  private CompletableFuture<ClientSocket> dial(ClientSocket.Reader reader) {
    var socket = new ClientSocket(path, reader);
    // Another local address for every so many connections, before its ports run out.
    var source = new InetSocketAddress(loopback(1 + dialled++ / PER_ADDRESS), 0);
    new Bootstrap()
        .group(loop)
        .channel(EpollSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        // Else the local port is taken at bind, and ten thousand in TIME_WAIT are not reused.
        .option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true)
        // Ends with a reset and no TIME_WAIT: the next ten thousand follow at once.
        .option(ChannelOption.SO_LINGER, 0)
        .option(
            ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(512, 4096, 65_536))
        .handler(socket)
        .connect(new InetSocketAddress(loopback(1), port), source)
        .addListener(
            connect -> {
              if (!connect.isSuccess()) {
                socket.connected().completeExceptionally(connect.cause());
              }
            });
    return socket.connected();
  }

  private static InetAddress loopback(int last) {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    } catch (UnknownHostException e) {
      throw new IllegalStateException("Four bytes are an address.", e);
    }
  }

  static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new LoadFailure("No connection: " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new LoadFailure("The server did not answer within 30 s.", e);
    } catch (InterruptedException e) {
      throw new LoadFailure("Interrupted.", e);
    }
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}

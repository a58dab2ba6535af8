package io.holdfast.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** The listening socket and the event loops behind it, one for each core. */
final class Doors implements AutoCloseable {
  private static final int BACKLOG = 4_096;
  private static final WriteBufferWaterMark WATER = new WriteBufferWaterMark(32 << 10, 64 << 10);
  private static final int QUIT_SECONDS = 1;

  private final EventLoopGroup loops;
  private final Channel listener;

  /**
   * Listens.
   *
   * @throws IllegalStateException when the address cannot be had
   */
  Doors(String host, int port, House house) {
    boolean epoll = Epoll.isAvailable();
    int cores = Runtime.getRuntime().availableProcessors();
    loops =
        new MultiThreadIoEventLoopGroup(
            cores,
            Thread.ofPlatform().name("loop-", 0).factory(),
            epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    Class<? extends ServerSocketChannel> type =
        epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops)
            .channel(type)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    HttpDoor.install(channel, house);
                  }
                })
            .bind(new InetSocketAddress(host, port))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      close();
      throw new IllegalStateException(
          "cannot listen on " + host + ":" + port + ": " + bound.cause().getMessage());
    }
    listener = bound.channel();
  }

  /** The port it listens on, also when any was asked for. */
  int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Takes nobody new. */
  void shut() {
    listener.close().awaitUninterruptibly();
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, QUIT_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}

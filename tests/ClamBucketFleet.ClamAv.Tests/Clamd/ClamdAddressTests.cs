using System.Net;
using System.Net.Sockets;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests;

public sealed class ClamdAddressTests
{
    [Fact]
    public void A_path_is_a_Unix_socket() =>
        ClamdAddress.Parse("/run/clamav/clamd.ctl").EndPoint.ShouldBeOfType<UnixDomainSocketEndPoint>();

    [Theory]
    [InlineData("tcp://127.0.0.1:3310", "127.0.0.1:3310")]
    [InlineData("tcp://[::1]:3310", "[::1]:3310")]
    public void An_address_and_port_are_TCP(string text, string endPoint) =>
        ClamdAddress.Parse(text).EndPoint.ShouldBe(IPEndPoint.Parse(endPoint));

    [Fact]
    public void A_host_name_is_resolved_at_each_connection() =>
        ClamdAddress.Parse("tcp://clamd.internal:3310").EndPoint.ShouldBe(new DnsEndPoint("clamd.internal", 3310));

    [Theory]
    [InlineData("")]
    [InlineData("clamd.ctl")]
    [InlineData("localhost:3310")]
    [InlineData("tcp://localhost")]
    [InlineData("tcp://:3310")]
    [InlineData("tcp://localhost:0")]
    [InlineData("tcp://localhost:65536")]
    [InlineData("tcp://localhost:+1")]
    [InlineData("tcp://::1:3310")]
    [InlineData("tcp://[nonsense]:3310")]
    [InlineData("tcp://a b:3310")]
    [InlineData("http://localhost:3310")]
    public void Anything_else_is_refused_with_the_name_of_the_setting(string text) =>
        Should.Throw<FatalConfigurationException>(() => ClamdAddress.Parse(text)).Message.ShouldContain("Scan:ClamdAddress");

    [Fact]
    public void A_path_that_is_too_long_for_a_socket_is_refused() =>
        Should.Throw<FatalConfigurationException>(() => ClamdAddress.Parse("/" + new string('a', 200)));
}

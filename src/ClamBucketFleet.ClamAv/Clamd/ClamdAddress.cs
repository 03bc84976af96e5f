using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ClamBucketFleet.ClamAv;

/// <summary>Where clamd listens: a Unix socket's absolute path, or <c>tcp://host:port</c>.</summary>
/// <param name="Text">As it was configured.</param>
/// <param name="EndPoint">What to connect to.</param>
public sealed record ClamdAddress(string Text, EndPoint EndPoint)
{
    private const string Scheme = "tcp://";

    /// <summary>Reads the value of <c>Scan:ClamdAddress</c>.</summary>
    /// <exception cref="FatalConfigurationException">Neither form.</exception>
    public static ClamdAddress Parse(string text)
    {
        try
        {
            if (text.StartsWith('/'))
                return new ClamdAddress(text, new UnixDomainSocketEndPoint(text));

            if (text.StartsWith(Scheme, StringComparison.Ordinal))
                return new ClamdAddress(text, Tcp(text[Scheme.Length..]));
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            throw Refused(text, exception);
        }

        throw Refused(text, null);
    }

    public override string ToString() => Text;

    private static EndPoint Tcp(string authority)
    {
        var colon = authority.LastIndexOf(':');
        if (colon <= 0 ||
            !ushort.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) ||
            port == 0)
        {
            throw new FormatException("host:port expected");
        }

        var host = authority[..colon];
        if (host is ['[', .. var inner, ']'])
            return new IPEndPoint(IPAddress.Parse(inner), port);

        if (host.Contains(':', StringComparison.Ordinal) || Uri.CheckHostName(host) == UriHostNameType.Unknown)
            throw new FormatException("not a host name, and an IPv6 address stands in brackets");

        return IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port) : new DnsEndPoint(host, port);
    }

    private static FatalConfigurationException Refused(string text, Exception? inner) => new(
        $"Scan:ClamdAddress is '{SafeText.Escape(text)}': it must be the absolute path of a Unix socket, " +
        "or tcp://host:port (an IPv6 address in brackets).",
        inner);
}

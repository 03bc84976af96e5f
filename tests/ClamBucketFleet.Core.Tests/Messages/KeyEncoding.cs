using System.Globalization;
using System.Text;

namespace ClamBucketFleet.Core.Tests.Messages;

/// <summary>How S3, and what stands in for it in tests, write keys into their notifications.</summary>
internal static class KeyEncoding
{
    /// <summary>AWS: form encoding that leaves the slash.</summary>
    public static string Aws(string key) => Encode(key, "-_.*/");

    /// <summary>moto: Python's quote_plus, which encodes the slash as well.</summary>
    public static string Moto(string key) => Encode(key, "-_.~");

    private static string Encode(string key, string kept)
    {
        var encoded = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(key))
        {
            var c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || kept.Contains(c, StringComparison.Ordinal))
                encoded.Append(c);
            else if (c == ' ')
                encoded.Append('+');
            else
                encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        return encoded.ToString();
    }
}

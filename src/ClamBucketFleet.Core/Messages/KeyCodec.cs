using System.Text;

namespace ClamBucketFleet.Messages;

/// <summary>Keys as S3 writes them into its event notifications: form encoding over UTF-8.</summary>
public static class KeyCodec
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary><c>+</c> becomes a space, <c>%XX</c> a byte; everything else stays.</summary>
    /// <exception cref="PoisonMessageException">
    /// A percent sign without two hexadecimal digits, or bytes that are not UTF-8. A lenient reading would name
    /// another object.
    /// </exception>
    public static string Decode(string encoded)
    {
        if (encoded.AsSpan().IndexOfAny('+', '%') < 0)
            return encoded;

        var bytes = Bytes(encoded);
        var length = 0;
        for (var i = 0; i < bytes.Length; i++, length++)
        {
            bytes[length] = bytes[i] switch
            {
                (byte)'+' => (byte)' ',
                (byte)'%' => Byte(bytes, ref i),
                var b => b,
            };
        }

        try
        {
            return StrictUtf8.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException e)
        {
            throw new PoisonMessageException("A key's percent encoding is not UTF-8.", e);
        }
    }

    private static byte[] Bytes(string encoded)
    {
        try
        {
            return StrictUtf8.GetBytes(encoded);
        }
        catch (EncoderFallbackException e)
        {
            throw new PoisonMessageException("A key is not valid Unicode.", e);
        }
    }

    private static byte Byte(byte[] bytes, ref int i)
    {
        if (i + 2 < bytes.Length && char.IsAsciiHexDigit((char)bytes[i + 1]) && char.IsAsciiHexDigit((char)bytes[i + 2]))
        {
            i += 2;
            return (byte)((Nibble(bytes[i - 1]) << 4) | Nibble(bytes[i]));
        }

        throw new PoisonMessageException("A key has a percent sign without two hexadecimal digits behind it.");
    }

    private static int Nibble(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}

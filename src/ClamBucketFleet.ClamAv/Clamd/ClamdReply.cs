using System.Text;

namespace ClamBucketFleet.ClamAv;

/// <summary>
/// The reply to <c>zINSTREAM</c>. Two forms of the whole reply are verdicts, <c>stream: OK</c> and
/// <c>stream: NAME FOUND</c>, each alone and with one NUL at its end. Everything else is none.
/// </summary>
public static class ClamdReply
{
    private const int Quoted = 300;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="reply">All bytes from the connection's first to its end.</param>
    /// <param name="bytesSent">Bytes of content that clamd took.</param>
    /// <param name="length">Bytes that the content has.</param>
    /// <exception cref="TryAgainException">Neither form; the message quotes the reply.</exception>
    public static Verdict Parse(ReadOnlySpan<byte> reply, long bytesSent, long length)
    {
        if (reply.SequenceEqual("stream: OK\0"u8))
            return EngineAnswer.NothingFound(bytesSent, length);

        return SignatureName(reply) is { } name
            ? EngineAnswer.Found([name])
            : throw new TryAgainException($"clamd gave no verdict; it said: {Quote(reply)}");
    }

    /// <summary>Whether clamd refused the rest because of its own <c>StreamMaxLength</c>.</summary>
    public static bool IsSizeLimit(ReadOnlySpan<byte> reply) =>
        reply.SequenceEqual("INSTREAM size limit exceeded. ERROR\0"u8);

    /// <summary>The reply made fit for a message.</summary>
    public static string Quote(ReadOnlySpan<byte> reply)
    {
        if (reply.IsEmpty)
            return "nothing";

        var text = SafeText.Escape(Encoding.UTF8.GetString(reply[..Math.Min(reply.Length, Quoted)]));
        return reply.Length > Quoted ? $"'{text}' and more" : $"'{text}'";
    }

    private static string? SignatureName(ReadOnlySpan<byte> reply)
    {
        var before = "stream: "u8;
        var after = " FOUND\0"u8;
        if (reply.Length <= before.Length + after.Length || !reply.StartsWith(before) || !reply.EndsWith(after))
            return null;

        try
        {
            var name = Strict.GetString(reply[before.Length..^after.Length]);
            return IsOneName(name) ? name : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    // Two replies without the NUL between them look like one long name.
    private static bool IsOneName(string name) =>
        name.Trim() == name &&
        !name.Any(char.IsControl) &&
        !name.Contains("stream:", StringComparison.Ordinal) &&
        !name.Contains(" FOUND", StringComparison.Ordinal) &&
        !name.Contains(" ERROR", StringComparison.Ordinal);
}

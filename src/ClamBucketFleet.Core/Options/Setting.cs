namespace ClamBucketFleet.Options;

/// <summary>One row of the configuration table: name, default and meaning as the README prints them.</summary>
/// <param name="Key">Section and name, as in <c>Queue:Url</c>.</param>
/// <param name="DefaultText">The default as it would be written in a file; null where there is none.</param>
/// <param name="Allowed">What may stand there, for error messages.</param>
/// <param name="IsList">Several values: a JSON array, or one text with commas.</param>
public abstract record Setting(string Key, string? DefaultText, string Allowed, bool IsList);

/// <summary>A setting and how its text becomes a value.</summary>
/// <param name="Parse">False where the text is not allowed.</param>
public sealed record Setting<T>(
    string Key,
    string? DefaultText,
    string Allowed,
    TryParse<T> Parse,
    bool IsList = false) : Setting(Key, DefaultText, Allowed, IsList);

/// <summary>Turns text into a value; false where the text is not allowed.</summary>
public delegate bool TryParse<T>(string text, out T value);

using System.Text.Json;

namespace ClamBucketFleet.Stack.Tests;

internal static class Json
{
    /// <summary>A property's text, of a number or a flag as well.</summary>
    public static string Text(this JsonElement element, string name) => element.GetProperty(name).ToString();

    /// <summary>One text or a list of them, as policies have both.</summary>
    public static string[] Texts(this JsonElement element) => element.ValueKind == JsonValueKind.Array
        ? [.. element.EnumerateArray().Select(item => item.ToString())]
        : [element.ToString()];
}

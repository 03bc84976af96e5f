using ClamBucketFleet.TestKit;
using YamlDotNet.RepresentationModel;

namespace ClamBucketFleet.Stack.Tests;

/// <summary>A template as its file says it: for what no service can be asked about, such as policies of update and deletion.</summary>
internal static class TemplateFile
{
    public static YamlMappingNode Read(string path)
    {
        var yaml = new YamlStream();
        using var file = File.OpenText(path);
        yaml.Load(file);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    public static YamlMappingNode Resource(string logicalId) => (YamlMappingNode)Read(CreatedStack.Template)["Resources"][logicalId];

    public static int Limit(string parameter, string limit) => Number(Read(CreatedStack.Template)["Parameters"][parameter][limit]);

    public static int Number(YamlNode node) => int.Parse(node.ToString(), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The conditions, each as its line has it.</summary>
    public static string[] Conditions(string template) =>
    [
        .. File.ReadLines(Repository.Combine("cloudformation", template))
            .SkipWhile(line => line != "Conditions:").Skip(1).TakeWhile(line => line.Length > 0),
    ];
}

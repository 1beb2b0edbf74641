namespace MiniKube.Testing;

/// <summary>A custom kind with something of everything, for tests.</summary>
public static class Widgets
{
    public const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    public const string Path = "/apis/example.com/v1/namespaces/default/widgets";
    public const string DefinitionName = "widgets.example.com";

    /// <summary>The schema of one version; texts in <c>~</c> are left for tests to fill in.</summary>
    public const string Schema = """
        {"type":"object","description":"A widget of some size.","properties":{
          "spec":{"type":"object","required":["size"],
            "x-kubernetes-validations":[
              {"rule":"!has(self.replicas) || self.replicas <= 10","message":"at most ten","fieldPath":".replicas"},
              {"rule":"self.size == oldSelf.size","message":"size is immutable"}],
            "properties":{
              "size":{"type":"string","enum":["small","large"],"description":"How large it is."},
              "replicas":{"type":"integer","format":"int32","minimum":0,"default":1},
              "ports":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["port"],
                "items":{"type":"object","required":["port"],"properties":{
                  "port":{"type":"integer"},"name":{"type":"string","pattern":"^[a-z]+$"}}}},
              "target":{"x-kubernetes-int-or-string":true},
              "extra":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}},
          "status":{"type":"object","properties":{
            "replicas":{"type":"integer"},"selector":{"type":"string"},"phase":{"type":"string"},
            "conditions":{"type":"array","items":{"type":"object","properties":{
              "type":{"type":"string"},"status":{"type":"string"}}}}}}}}
        """;

    private const string Version = """
        {"name":"v1","served":true,"storage":true,
         "subresources":{"status":{},"scale":{"specReplicasPath":".spec.replicas","statusReplicasPath":".status.replicas",
           "labelSelectorPath":".status.selector"}},
         "selectableFields":[{"jsonPath":".spec.size"}],
         "additionalPrinterColumns":[
           {"name":"Size","type":"string","jsonPath":".spec.size"},
           {"name":"Replicas","type":"integer","jsonPath":".spec.replicas"},
           {"name":"Ready","type":"string","jsonPath":".status.conditions[?(@.type==\"Ready\")].status","priority":1}],
         "schema":{"openAPIV3Schema":~SCHEMA~}}
        """;

    /// <summary>The definition, with one version.</summary>
    public static string Definition { get; } = DefinitionOf(Version.Replace("~SCHEMA~", Schema, StringComparison.Ordinal));

    /// <summary>The definition with these versions, and more at the end of its specification.</summary>
    public static string DefinitionOf(string versions, string more = "", string scope = "Namespaced") => $$"""
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"{{DefinitionName}}"},
         "spec":{"group":"example.com","scope":"{{scope}}",
          "names":{"plural":"widgets","kind":"Widget","shortNames":["wd"],"categories":["all"]},
          "versions":[{{versions}}]{{more}} } }
        """;

    /// <summary>An object of the kind.</summary>
    public static string Widget(string name, string spec = """{"size":"small"}""", string metadata = "", string version = "v1") => $$"""
        {"apiVersion":"example.com/{{version}}","kind":"Widget","metadata":{"name":"{{name}}"{{metadata}} },"spec":{{spec}} }
        """;
}

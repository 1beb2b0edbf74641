using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>The rules of <c>x-kubernetes-list-type</c>, <c>-list-map-keys</c> and <c>-map-type</c>. Pure.</summary>
internal static class ListTypeRules
{
    private static readonly string[] ListTypes = ["atomic", "map", "set"];
    private static readonly string[] MapTypes = ["atomic", "granular"];

    /// <param name="schema">The part.</param>
    /// <param name="items">What the elements of a list are like, as far as that can be read.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="errors">Gets the problems.</param>
    public static void Validate(V1JSONSchemaProps schema, V1JSONSchemaProps? items, string path, FieldErrors errors)
    {
        ListType(schema, items, path, errors);
        Keys(schema, items, path, errors);
        if (schema.XKubernetesMapType is not { } mapType)
        {
            return;
        }

        if (schema.Type != "object")
        {
            errors.Invalid($"{path}.type", schema.Type ?? "", "must be object if x-kubernetes-map-type is specified");
        }

        if (!MapTypes.Contains(mapType))
        {
            errors.NotSupported($"{path}.x-kubernetes-map-type", mapType, MapTypes);
        }
    }

    private static void ListType(V1JSONSchemaProps schema, V1JSONSchemaProps? items, string path, FieldErrors errors)
    {
        if (schema.XKubernetesListType is not { } listType)
        {
            return;
        }

        if (schema.Type != "array")
        {
            errors.Invalid($"{path}.type", schema.Type ?? "", "must be array if x-kubernetes-list-type is specified");
        }

        if (!ListTypes.Contains(listType))
        {
            errors.NotSupported($"{path}.x-kubernetes-list-type", listType, ListTypes);
        }

        if (listType == "set" && items?.Type == "object" && items.XKubernetesMapType != "atomic")
        {
            errors.Invalid($"{path}.items.x-kubernetes-map-type", items.XKubernetesMapType,
                "must be atomic as item of a list with x-kubernetes-list-type=set");
        }
        else if (listType == "set" && items?.Type == "array" && items.XKubernetesListType is not (null or "atomic"))
        {
            errors.Invalid($"{path}.items.x-kubernetes-list-type", items.XKubernetesListType,
                "must be atomic as item of a list with x-kubernetes-list-type=set");
        }
        else if (listType == "map" && items?.Type != "object")
        {
            errors.Invalid($"{path}.items.type", items?.Type ?? "", "must be object if parent array's x-kubernetes-list-type is map");
        }
    }

    private static void Keys(V1JSONSchemaProps schema, V1JSONSchemaProps? items, string path, FieldErrors errors)
    {
        var keys = schema.XKubernetesListMapKeys ?? [];
        var at = $"{path}.x-kubernetes-list-map-keys";
        if (schema.XKubernetesListType != "map")
        {
            if (keys.Count > 0)
            {
                errors.Invalid($"{path}.x-kubernetes-list-type", schema.XKubernetesListType,
                    "must be map if x-kubernetes-list-map-keys is non-empty");
            }

            return;
        }

        if (keys.Count == 0)
        {
            errors.Required(at, "must not be empty if x-kubernetes-list-type is map");
        }

        for (var index = 0; index < keys.Count; index++)
        {
            V1JSONSchemaProps? property = null;
            items?.Properties?.TryGetValue(keys[index], out property);
            if (keys.IndexOf(keys[index]) < index)
            {
                errors.Duplicate($"{at}[{index}]", keys[index]);
            }
            else if (property is null)
            {
                errors.Invalid($"{at}[{index}]", keys[index], "must be a property of the items");
            }
            else if (property.Type is "array" or "object")
            {
                errors.Invalid($"{path}.items.properties[{keys[index]}].type", property.Type,
                    "must be a scalar type if parent array's x-kubernetes-list-type is map");
            }
            else if (items!.Required?.Contains(keys[index]) != true && property.DefaultProperty is null)
            {
                errors.Required($"{path}.items.properties[{keys[index]}].default",
                    "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property");
            }
        }
    }
}

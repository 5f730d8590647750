using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Depth2Img.Tests.Packages;

/// <summary>Writes down what an assembly's users can see, one line a type and a member, in an order that does not change.</summary>
internal static class PublicApi
{
    private static readonly NullabilityInfoContext Nullability = new();

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(char)] = "char",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    /// <summary>The lines of an assembly.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="which">Which of its public types; null takes all.</param>
    public static IEnumerable<string> Of(Assembly assembly, Func<Type, bool>? which = null) =>
        assembly.GetTypes().Where(IsVisible).Where(which ?? (_ => true)).SelectMany(Describe).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Describe(Type type)
    {
        string name = FullName(type);
        string kinds = string.Join(", ", new[] { type.BaseType is { } b && b != typeof(object) && b != typeof(ValueType) && b != typeof(Enum) ? NameOf(b) : null }
            .Concat(type.GetInterfaces().Where(i => i.IsVisible).Select(NameOf).Order(StringComparer.Ordinal)).OfType<string>());
        yield return $"{Kind(type)} {name}{(kinds.Length > 0 && !type.IsEnum ? $" : {kinds}" : "")}";
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            MethodInfo invoke = type.GetMethod("Invoke")!;
            yield return $"{name}.{Signature(invoke, Returned(invoke), "Invoke")}";
            yield break;
        }
        foreach (MemberInfo member in type.GetMembers(All))
        {
            if (Line(type, member) is { } line) yield return $"{name}.{line}";
        }
    }

    private static string? Line(Type type, MemberInfo member)
    {
        switch (member)
        {
            case FieldInfo field when IsSeen(field.Attributes) && !field.IsSpecialName:
                if (type.IsEnum) return $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}";
                return field.IsLiteral
                    ? $"const {NameOf(field.FieldType)} {field.Name} = {Literal(field.GetRawConstantValue())}"
                    : $"{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{Named(field.FieldType, Nullability.Create(field))} {field.Name}";
            case ConstructorInfo constructor when IsSeen(constructor): return Signature(constructor, "", type.Name.Split('`')[0]);
            case PropertyInfo property when property.GetAccessors(nonPublic: true).Any(IsSeen): return Property(property);
            case EventInfo e when IsSeen(e.AddMethod!): return $"event {NameOf(e.EventHandlerType!)} {e.Name}";
            // What the compiler makes of a record is implied by its properties.
            case MethodInfo method when IsSeen(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) && !method.IsDefined(typeof(CompilerGeneratedAttribute)) && !method.Name.Contains('<', StringComparison.Ordinal):
                return Signature(method, Returned(method), method.Name);
            default: return null;
        }
    }

    private static string Property(PropertyInfo property)
    {
        MethodInfo accessor = property.GetAccessors(nonPublic: true).First(IsSeen);
        string get = property.GetMethod is { } g && IsSeen(g) ? "get; " : "";
        bool init = property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        string set = property.SetMethod is { } s && IsSeen(s) ? init ? "init; " : "set; " : "";
        string required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        string index = property.GetIndexParameters() is { Length: > 0 } parameters ? $"[{string.Join(", ", parameters.Select(Parameter))}]" : "";
        return $"{Modifiers(accessor)}{required}{Named(property.PropertyType, Nullability.Create(property))} {property.Name}{index} {{ {get}{set}}}";
    }

    private static string Signature(MethodBase method, string returned, string name)
    {
        string generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";
        return $"{Modifiers(method)}{(returned.Length > 0 ? $"{returned} " : "")}{name}{generic}({string.Join(", ", method.GetParameters().Select(Parameter))})";
    }

    private static string Returned(MethodInfo method) => Named(method.ReturnType, Nullability.Create(method.ReturnParameter));

    private static string Parameter(ParameterInfo parameter)
    {
        string by = parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? parameter.IsIn ? "in " : "ref " : "";
        string value = parameter.HasDefaultValue ? $" = {Literal(parameter.RawDefaultValue)}" : "";
        string extends = parameter.Position == 0 && parameter.Member.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        return $"{extends}{by}{Named(parameter.ParameterType, Nullability.Create(parameter))} {parameter.Name}{value}";
    }

    private static string Modifiers(MethodBase method)
    {
        string access = method.IsFamily || method.IsFamilyOrAssembly ? "protected " : "";
        string kind = method.IsStatic ? "static "
            : method.DeclaringType!.IsInterface ? ""
            : method.IsAbstract ? "abstract "
            : method is MethodInfo m && m.GetBaseDefinition() != m ? "override "
            : method.IsVirtual && !method.IsFinal ? "virtual " : "";
        return access + kind;
    }

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        _ when typeof(Delegate).IsAssignableFrom(type) => "delegate",
        { IsValueType: true } => type.IsByRefLike ? "ref struct" : type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly struct" : "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    private static string FullName(Type type) =>
        (type.DeclaringType is { } outer ? $"{FullName(outer)}." : $"{type.Namespace}.") + Simple(type, NameOf);

    /// <summary>A type's name where it is used, with the question mark or exclamation mark of what it promises of null.</summary>
    private static string Named(Type type, NullabilityInfo info)
    {
        if (type.IsByRef) return Named(type.GetElementType()!, info.ElementType ?? info);
        if (Nullable.GetUnderlyingType(type) is { } value) return $"{NameOf(value)}?";
        string name = NameOf(type);
        if (type.IsValueType) return name;
        NullabilityState state = info.ReadState == NullabilityState.Unknown ? info.WriteState : info.ReadState;
        if (type.IsGenericParameter) return state == NullabilityState.Nullable && type.GenericParameterAttributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint) ? $"{name}?" : name;
        return state switch { NullabilityState.Nullable => $"{name}?", NullabilityState.NotNull => $"{name}!", _ => name };
    }

    private static string NameOf(Type type)
    {
        if (type.IsByRef) return NameOf(type.GetElementType()!);
        if (type.IsArray) return $"{NameOf(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (type.IsPointer) return $"{NameOf(type.GetElementType()!)}*";
        if (Nullable.GetUnderlyingType(type) is { } value) return $"{NameOf(value)}?";
        if (type.IsGenericParameter) return type.Name;
        if (Keywords.TryGetValue(type, out string? keyword)) return keyword;
        return type.DeclaringType is { } outer ? $"{outer.Name.Split('`')[0]}.{Simple(type, NameOf)}" : Simple(type, NameOf);
    }

    private static string Simple(Type type, Func<Type, string> nameOf) =>
        type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(nameOf))}>" : type.Name;

    private static string Literal(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static bool IsVisible(Type type) => type.IsVisible && !type.IsDefined(typeof(CompilerGeneratedAttribute)) && !type.Name.Contains('<', StringComparison.Ordinal);

    private static bool IsSeen(MethodBase method) => method.IsPublic || ((method.IsFamily || method.IsFamilyOrAssembly) && !method.DeclaringType!.IsSealed);

    private static bool IsSeen(FieldAttributes attributes) => (attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;
}

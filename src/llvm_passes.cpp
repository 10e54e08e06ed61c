// SPDX-License-Identifier: Apache-2.0
// Stands between the runtime and LLVM where code is optimised (llvm-c/Core.h, llvm-c/Transforms/PassBuilder.h).
#include <cstddef>
#include <string_view>

#include "llvm.hpp"

extern "C" {
// LLVM's types, of which nothing but the names is needed: WasmEdge brings the library, and the headers may not be there.
using IrModule = struct LLVMOpaqueModule*;
using Machine = struct LLVMOpaqueTargetMachine*;
using PassOptions = struct LLVMOpaquePassBuilderOptions*;
using PassError = struct LLVMOpaqueError*;
using IrContext = struct LLVMOpaqueContext*;
using Metadata = struct LLVMOpaqueMetadata*;
using Type = struct LLVMOpaqueType*;
using Value = struct LLVMOpaqueValue*;
using Block = struct LLVMOpaqueBasicBlock*;
}

namespace wasmedge {
namespace {

constexpr int kPointerType = 12;  // LLVMPointerTypeKind

// In the place of no passes but the last: what is left is so much less that machine code is made of it in half of the time.
constexpr const char* kFastPasses = "function(mem2reg,early-cse,tailcallelim)";

/// What is needed of LLVM.
struct Llvm {
  IrContext (*context_of)(IrModule);
  unsigned (*metadata_kind)(IrContext, const char*, unsigned);
  Metadata (*make_node)(IrContext, Metadata*, std::size_t);
  Value (*metadata_as_value)(IrContext, Metadata);
  Value (*get_metadata)(Value, unsigned);
  void (*set_metadata)(Value, unsigned, Value);
  Value (*first_function)(IrModule);
  Value (*next_function)(Value);
  Block (*first_block)(Value);
  Block (*next_block)(Block);
  Value (*first_instruction)(Block);
  Value (*next_instruction)(Value);
  Value (*as_load)(Value);
  Value (*as_address)(Value);
  Value (*as_global)(Value);
  Value (*operand)(Value, unsigned);
  Type (*type_of)(Value);
  int (*kind_of_type)(Type);
};

template <class Function>
bool find(Function*& found, const char* name) {
  found = of_llvm<Function>(name);
  return found != nullptr;
}

/// Gives whether there is all of it.
bool find_all(Llvm& llvm) {
  return find(llvm.context_of, "LLVMGetModuleContext") && find(llvm.metadata_kind, "LLVMGetMDKindIDInContext") &&
         find(llvm.make_node, "LLVMMDNodeInContext2") && find(llvm.metadata_as_value, "LLVMMetadataAsValue") &&
         find(llvm.get_metadata, "LLVMGetMetadata") && find(llvm.set_metadata, "LLVMSetMetadata") &&
         find(llvm.first_function, "LLVMGetFirstFunction") && find(llvm.next_function, "LLVMGetNextFunction") &&
         find(llvm.first_block, "LLVMGetFirstBasicBlock") && find(llvm.next_block, "LLVMGetNextBasicBlock") &&
         find(llvm.first_instruction, "LLVMGetFirstInstruction") &&
         find(llvm.next_instruction, "LLVMGetNextInstruction") && find(llvm.as_load, "LLVMIsALoadInst") &&
         find(llvm.as_address, "LLVMIsAGetElementPtrInst") && find(llvm.as_global, "LLVMIsAGlobalVariable") &&
         find(llvm.operand, "LLVMGetOperand") && find(llvm.type_of, "LLVMTypeOf") &&
         find(llvm.kind_of_type, "LLVMGetTypeKind");
}

/// Marks the loads of a module whose results stay the same while its instance lives.
///
/// After each store the address of a memory is loaded anew, for LLVM has to take it that the store may have changed that. It
/// never changes: a memory keeps all addresses that it could ever grow to. (WasmEdge's include/system/allocator.h means to
/// tell its compiler so, and does not on x86-64, as HAVE_MMAP is not defined there.) The same holds for the places of
/// globals. WasmEdge marks the tables of both as invariant in a way of which loops have nothing.
class Invariants {
 public:
  Invariants(const Llvm& llvm, IrModule ir)
      : llvm_(llvm), ir_(ir), invariant_(kind("invariant.load")), group_(kind("invariant.group")) {
    IrContext context = llvm.context_of(ir);
    empty_ = llvm.metadata_as_value(context, llvm.make_node(context, nullptr, 0));
  }

  void mark() const {
    for (Value function = llvm_.first_function(ir_); function != nullptr; function = llvm_.next_function(function)) {
      for (Block block = llvm_.first_block(function); block != nullptr; block = llvm_.next_block(block)) {
        for (Value each = llvm_.first_instruction(block); each != nullptr; each = llvm_.next_instruction(each)) {
          if (is_from_table(each) || is_from_table_entry(each)) llvm_.set_metadata(each, invariant_, empty_);
        }
      }
    }
  }

 private:
  unsigned kind(std::string_view name) const {
    return llvm_.metadata_kind(llvm_.context_of(ir_), name.data(), static_cast<unsigned>(name.size()));
  }

  bool is_pointer_load(Value value) const {
    return llvm_.as_load(value) != nullptr && llvm_.kind_of_type(llvm_.type_of(value)) == kPointerType;
  }

  /// Where the loaded pointer comes from, without the offset in it.
  Value source(Value load) const {
    Value address = llvm_.operand(load, 0);
    return llvm_.as_address(address) != nullptr ? llvm_.operand(address, 0) : address;
  }

  /// A pointer out of the instance's tables of memories and globals. The table of the runtime's own functions is none of
  /// them: it is in a variable of the module, which is only set when that has been loaded.
  bool is_from_table(Value value) const {
    return is_pointer_load(value) && llvm_.get_metadata(value, group_) != nullptr &&
           llvm_.as_global(source(value)) == nullptr;
  }

  /// The address of a memory, where the table has the place of it.
  bool is_from_table_entry(Value value) const { return is_pointer_load(value) && is_from_table(source(value)); }

  const Llvm& llvm_;
  IrModule ir_;
  unsigned invariant_;
  unsigned group_;
  Value empty_;
};

}  // namespace
}  // namespace wasmedge

// What the runtime calls: this extension is the first library in which its names are looked up.
extern "C" {

__attribute__((visibility("default"), used)) PassError LLVMRunPasses(IrModule ir, const char* passes, Machine machine,
                                                                     PassOptions options) {
  wasmedge::Llvm llvm{};
  if (wasmedge::find_all(llvm)) wasmedge::Invariants(llvm, ir).mark();
  const bool is_fast = std::string_view(passes).starts_with("default<O0>");
  auto* const run = wasmedge::of_llvm<PassError(IrModule, const char*, Machine, PassOptions)>("LLVMRunPasses");
  return run == nullptr ? nullptr : run(ir, is_fast ? wasmedge::kFastPasses : passes, machine, options);
}

/// The runtime has LLVM print what is wrong, and goes on whatever that is. What it makes is right, and this takes as long as
/// a third of the fast passes.
__attribute__((visibility("default"), used)) int LLVMVerifyModule(IrModule, int, char** message) {
  if (message != nullptr) *message = nullptr;
  return 0;
}

}  // extern "C"

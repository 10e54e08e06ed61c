// SPDX-License-Identifier: Apache-2.0
// Keeps threads that Python ends from unwinding through the extension (Itanium C++ ABI, "Exception Handling").
#include <unwind.h>

#include <chrono>
#include <thread>

// The linker puts __wrap_x for x in what refers to it, and x for __real_x (ld's option --wrap).
extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier): the names are the compiler's and the linker's.
_Unwind_Reason_Code __real___gxx_personality_v0(int version, _Unwind_Action actions, _Unwind_Exception_Class kind,
                                                _Unwind_Exception* exception, _Unwind_Context* context);

/// What the unwinder asks at each frame of the extension that has something to destroy or to catch.
///
/// Up to CPython 3.13 the interpreter ends a daemon thread by pthread_exit wherever it next wants the GIL after the
/// interpreter's end: in any function that may run Python code, and that is each one that makes an object or drops one. In
/// glibc that unwinds the stack as an exception would, through functions that must not throw, and through destructors that
/// touch Python objects without the GIL. So such a thread stops at the extension's first frame, for good, and the process
/// ends without it. CPython 3.14 does the same by itself.
_Unwind_Reason_Code __wrap___gxx_personality_v0(int version, _Unwind_Action actions, _Unwind_Exception_Class kind,
                                                _Unwind_Exception* exception, _Unwind_Context* context) {
  if ((actions & _UA_FORCE_UNWIND) != 0) {
    for (;;) std::this_thread::sleep_for(std::chrono::hours(24));
  }
  return __real___gxx_personality_v0(version, actions, kind, exception, context);
}
// NOLINTEND(bugprone-reserved-identifier)
}
